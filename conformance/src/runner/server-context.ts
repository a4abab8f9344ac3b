import type { ServerTarget } from "../attach/target.ts";
import type { ServerContext } from "../case.ts";
import { type AgentPeer, startAgentPeer } from "../peers/agent-peer.ts";
import type { ProductVersion } from "../product-version.ts";
import type { CaseScope } from "./case-scope.ts";

/** The context of a case that judges a server; `onAgent` is told of every agent that the case starts. */
export function serverContext(
  { server, productVersion }: { server: ServerTarget; productVersion: ProductVersion },
  scope: CaseScope,
  onAgent: (peer: AgentPeer) => void,
): ServerContext {
  const { context, transcript } = scope;
  return {
    ...context,
    server,
    productVersion,
    async agent(options) {
      const peer = await startAgentPeer({ transcript }, options);
      onAgent(peer);
      context.onEnd(() => peer.close());
      return peer;
    },
  };
}
