import type { ServerTarget } from "../attach/target.ts";
import type { ServerContext } from "../case.ts";
import { startAgentPeer } from "../peers/agent-peer.ts";
import type { ProductVersion } from "../product-version.ts";
import type { CaseScope } from "./case-scope.ts";

/** The context of a case that judges a server. */
export function serverContext(
  { server, productVersion }: { server: ServerTarget; productVersion: ProductVersion },
  scope: CaseScope,
): ServerContext {
  const { context, transcript } = scope;
  return {
    ...context,
    server,
    productVersion,
    async agent(options) {
      const peer = await startAgentPeer({ transcript }, options);
      context.onEnd(() => peer.close());
      return peer;
    },
  };
}
