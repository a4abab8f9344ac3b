import { BerthError } from "../errors/berth-error.ts";

export function invalidProduct(reason: string): BerthError {
  return new BerthError({
    code: "INVALID_PRODUCT",
    message: `The product is refused: ${reason}.`,
    remedy: "Send 1 to 64 characters of printable ASCII without a space at either end.",
    clause: "INST-001",
  });
}

export function invalidProductVersion(reason: string): BerthError {
  return new BerthError({
    code: "INVALID_PRODUCT_VERSION",
    message: `The product version is refused: ${reason}.`,
    remedy: "Send 1 to 8 numbers separated by dots, such as 6.1.20.",
    clause: "INST-002",
  });
}

export function invalidServerId(reason: string): BerthError {
  return new BerthError({
    code: "INVALID_SERVER_ID",
    message: `The server_id is refused: ${reason}.`,
    remedy: "Send the server's own UUID, or nothing.",
    clause: "INST-021",
  });
}

export function invalidInstanceId(reason: string, clause = "INST-011"): BerthError {
  return new BerthError({
    code: "INVALID_INSTANCE_ID",
    message: `The InstanceId is refused: ${reason}.`,
    remedy: "Set Agent.InstanceId to 1 to 64 characters of printable ASCII, or unset it.",
    clause,
  });
}

export function malformedDialects(reason: string): BerthError {
  return new BerthError({
    code: "MALFORMED_REQUEST",
    message: `The dialect range is refused: ${reason}.`,
    remedy: "Send the lowest and the highest dialect the server speaks.",
    clause: "HS-010",
    details: { field: "dialects" },
  });
}

export function invalidWantedDigest(): BerthError {
  return new BerthError({
    code: "INVALID_DIGEST",
    message: "The wanted manifest digest is neither empty nor 32 bytes.",
    remedy: "Send the SHA-256 of the canonical manifest, or nothing.",
    clause: "HS-023",
    details: { field: "wanted_manifest_digest" },
  });
}

/** The dialects of both sides, as the details of the two errors name them. */
export interface DialectRanges {
  readonly agent: { readonly lowest: number; readonly highest: number };
  readonly server: { readonly lowest: number; readonly highest: number };
}

export function serverTooOld(ranges: DialectRanges): BerthError {
  return new BerthError({
    code: "SERVER_TOO_OLD",
    message: `The server speaks ${dialects(ranges.server)}, and this agent only ${dialects(ranges.agent)}.`,
    remedy: "Upgrade the server.",
    clause: "HS-012",
    details: rangeDetails(ranges),
  });
}

export function agentTooOld(ranges: DialectRanges): BerthError {
  return new BerthError({
    code: "AGENT_TOO_OLD",
    message: `The server speaks only ${dialects(ranges.server)}, and this agent ${dialects(ranges.agent)}.`,
    remedy: "Upgrade the agent.",
    clause: "HS-013",
    details: rangeDetails(ranges),
  });
}

export function instancingUnsupported(minimumVersion: string, clause = "INST-007"): BerthError {
  return new BerthError({
    code: "INSTANCING_UNSUPPORTED",
    message: `The product needs at least version ${minimumVersion} to have instances of its own.`,
    remedy: `Upgrade the product to ${minimumVersion} or later, or unset Agent.InstanceId.`,
    clause,
    details: { minimum_version: minimumVersion },
  });
}

export function sessionUnknown(): BerthError {
  return new BerthError({
    code: "SESSION_UNKNOWN",
    message: "The session token is unknown, its session has ended, or it was given to another address.",
    remedy: "Negotiate again.",
    clause: "HS-021",
  });
}

export function tooManySessions(maximum: number): BerthError {
  return new BerthError({
    code: "TOO_MANY_SESSIONS",
    message: `Your address already has the ${maximum} sessions that an address can have.`,
    remedy: "Use the sessions there are, or wait until one has ended.",
    clause: "HS-035",
    details: { maximum: String(maximum) },
  });
}

function dialects({ lowest, highest }: { readonly lowest: number; readonly highest: number }): string {
  return lowest === highest ? `dialect ${lowest}` : `dialects ${lowest} to ${highest}`;
}

function rangeDetails({ agent, server }: DialectRanges): Record<string, string> {
  return {
    agent_lowest: String(agent.lowest),
    agent_highest: String(agent.highest),
    server_lowest: String(server.lowest),
    server_highest: String(server.highest),
  };
}
