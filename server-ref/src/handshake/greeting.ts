import type { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { DIALECT } from "@berth/proto/rules/agent-version";
import type { ServerIdentity } from "./server-identity.ts";

/** Every dialect there is (LEG-004). */
export const spokenDialects = { lowest: DIALECT.shared, highest: DIALECT.automatic } as const;

/** What this server says to an agent before anything else. `wantedDigest` is the SHA-256 of the manifest it runs from. */
export function makeGreeting(identity: ServerIdentity, wantedDigest: Uint8Array): NegotiateRequest {
  return {
    product: identity.product,
    productVersion: identity.productVersion,
    serverId: identity.serverId,
    instanceId: identity.instanceId,
    dialects: { ...spokenDialects },
    features: identity.offersIdentity ? ["server-identity@1", "zstd@1"] : ["zstd@1"],
    wantedManifestDigest: wantedDigest,
  };
}
