import type { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { chooseDialect, type DialectRange } from "@berth/proto/rules/dialect";
import { isDigest } from "@berth/proto/rules/digest";
import { parseInstanceId } from "@berth/proto/rules/instance-id";
import { parseProduct } from "@berth/proto/rules/product";
import { parseProductVersion } from "@berth/proto/rules/product-version";
import { parseServerId } from "@berth/proto/rules/server-id";
import {
  agentTooOld,
  type DialectRanges,
  invalidInstanceId,
  invalidProduct,
  invalidProductVersion,
  invalidServerId,
  invalidWantedDigest,
  malformedDialects,
  serverTooOld,
} from "./handshake-errors.ts";

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
  const product = parseProduct(request.product);
  if (!product.ok) throw invalidProduct(product.reason);
  const version = parseProductVersion(request.productVersion);
  if (!version.ok) throw invalidProductVersion(version.reason);
  const server = parseServerId(request.serverId);
  if (!server.ok) throw invalidServerId(server.reason);
  const instance = parseInstanceId(request.instanceId);
  if (!instance.ok) throw invalidInstanceId(instance.reason);

  const choice = chooseDialect(request.dialects, spokenDialects);
  if (choice.kind === "malformed") throw malformedDialects(choice.reason);
  const wanted = request.wantedManifestDigest;
  if (wanted.length > 0 && !isDigest(wanted)) throw invalidWantedDigest();
  if (choice.kind === "server-too-old") throw serverTooOld(ranges(request.dialects!, spokenDialects));
  if (choice.kind === "agent-too-old") throw agentTooOld(ranges(request.dialects!, spokenDialects));

  return {
    product: product.product,
    productVersion: version.version,
    serverId: server.serverId,
    instanceId: instance.instanceId,
    dialect: choice.dialect,
    features: request.features,
    wantedDigest: wanted.length > 0 ? wanted : undefined,
  };
}

function ranges(server: DialectRange, spoken: readonly number[]): DialectRanges {
  return { server, agent: { lowest: Math.min(...spoken), highest: Math.max(...spoken) } };
}
