import type { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { chooseDialect, type DialectChoice } from "@berth/proto/rules/dialect";
import { parseProduct } from "@berth/proto/rules/product";
import { parseProductVersion } from "@berth/proto/rules/product-version";
import {
  agentTooOld,
  type DialectRanges,
  invalidProduct,
  invalidProductVersion,
  malformedDialects,
  serverTooOld,
} from "./handshake-errors.ts";

/** The product as it was written (INST-001). Throws INVALID_PRODUCT. */
export function readProduct(request: NegotiateRequest): string {
  const parsed = parseProduct(request.product);
  if (!parsed.ok) throw invalidProduct(parsed.reason);
  return parsed.product;
}

/** The product's version as it was written (INST-002). Throws INVALID_PRODUCT_VERSION. */
export function readProductVersion(request: NegotiateRequest): string {
  const parsed = parseProductVersion(request.productVersion);
  if (!parsed.ok) throw invalidProductVersion(parsed.reason);
  return parsed.version;
}

/** What comes of the server's range and the agent's dialects when the range is one (HS-010). Throws MALFORMED_REQUEST. */
export function compareDialects(
  request: NegotiateRequest,
  spoken: readonly number[],
): Exclude<DialectChoice, { kind: "malformed" }> {
  const choice = chooseDialect(request.dialects, spoken);
  if (choice.kind === "malformed") throw malformedDialects(choice.reason);
  return choice;
}

/** The dialect both ends speak (HS-011). Throws SERVER_TOO_OLD or AGENT_TOO_OLD. */
export function requireCommonDialect(
  choice: Exclude<DialectChoice, { kind: "malformed" }>,
  request: NegotiateRequest,
  spoken: readonly number[],
): number {
  if (choice.kind === "chosen") return choice.dialect;
  const ranges: DialectRanges = {
    server: request.dialects!,
    agent: { lowest: Math.min(...spoken), highest: Math.max(...spoken) },
  };
  throw choice.kind === "server-too-old" ? serverTooOld(ranges) : agentTooOld(ranges);
}
