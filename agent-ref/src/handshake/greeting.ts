import type { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { isDigest } from "@berth/proto/rules/digest";
import { parseInstanceId } from "@berth/proto/rules/instance-id";
import { parseServerId } from "@berth/proto/rules/server-id";
import { compareDialects, readProduct, readProductVersion, requireCommonDialect } from "./greeting-fields.ts";
import { invalidInstanceId, invalidServerId, invalidWantedDigest } from "./handshake-errors.ts";

/** What a server said in its Negotiate, every field checked and in the form it is compared in. */
export interface Greeting {
  readonly product: string;
  readonly productVersion: string;
  readonly serverId: string | undefined;
  readonly instanceId: string | undefined;
  readonly dialect: number;
  readonly features: readonly string[];
  readonly wantedDigest: Uint8Array | undefined;
}

/** Checks a request field by field, in the order of the table in spec/handshake.md: the first failure is the answer. */
export function readGreeting(request: NegotiateRequest, spokenDialects: readonly number[]): Greeting {
  const product = readProduct(request);
  const productVersion = readProductVersion(request);
  const server = parseServerId(request.serverId);
  if (!server.ok) throw invalidServerId(server.reason);
  const instance = parseInstanceId(request.instanceId);
  if (!instance.ok) throw invalidInstanceId(instance.reason);

  const choice = compareDialects(request, spokenDialects);
  const wanted = request.wantedManifestDigest;
  if (wanted.length > 0 && !isDigest(wanted)) throw invalidWantedDigest();
  return {
    product,
    productVersion,
    serverId: server.serverId,
    instanceId: instance.instanceId,
    dialect: requireCommonDialect(choice, request, spokenDialects),
    features: request.features,
    wantedDigest: wanted.length > 0 ? wanted : undefined,
  };
}
