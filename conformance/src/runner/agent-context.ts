import { createHash } from "node:crypto";
import type { AgentTarget } from "../attach/target.ts";
import type { AgentContext, CaseRecord } from "../case.ts";
import { dialectsOfVersion } from "../dialect.ts";
import { connectServerPeer } from "../peers/server-peer.ts";
import type { AgentFacts } from "./agent-facts.ts";
import type { CaseScope } from "./case-scope.ts";

const PRODUCT_CHARACTERS_MAX = 64;

/** The context of a case that judges an agent. */
export function agentContext(
  record: CaseRecord,
  { agent, facts }: { agent: AgentTarget; facts: AgentFacts },
  scope: CaseScope,
): AgentContext {
  const product = productName(record.id, scope.nonce);
  const { context, transcript } = scope;
  return {
    ...context,
    agent,
    agentVersion: facts.agentVersion,
    dialects: dialectsOfVersion(facts.agentVersion),
    product,
    async connect(options = {}) {
      const { random, scaledMs } = context;
      const peer = await connectServerPeer({ agent, product, transcript, random, scaledMs }, options);
      context.onEnd(() => peer.close());
      return peer;
    },
  };
}

/** `Case`, the id and the scope's nonce; a long id is cut to what INST-001 allows, and told from its like by a digest. */
function productName(id: string, nonce: string): string {
  const room = PRODUCT_CHARACTERS_MAX - "Case  ".length - nonce.length;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 8);
  const short = id.length <= room ? id : `${id.slice(0, room - digest.length - 1)}-${digest}`;
  return `Case ${short} ${nonce}`;
}
