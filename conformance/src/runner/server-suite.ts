import type { ServerTarget } from "../attach/target.ts";
import type { ServerCase } from "../case.ts";
import type { AgentPeer } from "../peers/agent-peer.ts";
import type { ProductVersion } from "../product-version.ts";
import type { RunScope } from "./case-scope.ts";
import type { CaseSurroundings } from "./execute-case.ts";
import { inapplicableToServer } from "./inapplicable-to-server.ts";
import { serverContext } from "./server-context.ts";

/** A case runs several steps, each of which starts a program. */
const CASE_MS = 120_000;

/** What cases need to judge one server as one version of a product. */
export function serverSurroundings(
  server: ServerTarget,
  productVersion: ProductVersion,
  run: RunScope,
): CaseSurroundings<ServerCase> {
  return {
    run,
    longestMs: ({ atMostMs = CASE_MS }) => atMostMs,
    inapplicable: (record) => inapplicableToServer(record, productVersion),
    async perform(record, scope) {
      const agents: AgentPeer[] = [];
      try {
        await record.run(serverContext({ server, productVersion }, scope, (agent) => void agents.push(agent)));
      } finally {
        // A server that met an agent of the suite's which slipped is not to blame, whatever it did then.
        for (const agent of agents) agent.requireSound();
      }
    },
  };
}
