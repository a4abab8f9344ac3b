import type { ManifestFault } from "@berth/proto/rules/manifest";
import { BerthError } from "../errors/berth-error.ts";

export function unexpectedMessage(message: string): BerthError {
  return new BerthError({
    code: "UNEXPECTED_MESSAGE",
    message,
    remedy: "Send Offer, ManifestParts while manifest bytes are outstanding, Data, Commit, and nothing else.",
    clause: "SYNC-031",
  });
}

export function tooMuchManifest(): BerthError {
  return new BerthError({
    code: "UNEXPECTED_MESSAGE",
    message: "The manifest's parts are longer than the size that was offered.",
    remedy: "Offer the length of the canonical manifest.",
    clause: "SYNC-032",
  });
}

export function limitExceeded(limit: string, maximum: number | bigint, clause: string): BerthError {
  return new BerthError({
    code: "LIMIT_EXCEEDED",
    message: `The limit ${limit} of ${maximum} is exceeded.`,
    remedy: "Keep within the limits that the handshake announced.",
    clause,
    details: { limit, maximum: String(maximum) },
  });
}

export function quotaExceeded(maximum: bigint): BerthError {
  return new BerthError({
    code: "QUOTA_EXCEEDED",
    message: `The manifest's files are larger together than the instance's quota of ${maximum} bytes.`,
    remedy: "Send less, or ask the agent's operator to raise the quota.",
    clause: "SYNC-033",
    details: { maximum: String(maximum) },
  });
}

export function invalidOfferDigest(): BerthError {
  return new BerthError({
    code: "INVALID_DIGEST",
    message: "The offered manifest digest is not 32 bytes.",
    remedy: "Send the SHA-256 of the canonical manifest.",
    clause: "SYNC-039",
    details: { field: "manifest_digest" },
  });
}

export function manifestDigestMismatch(): BerthError {
  return new BerthError({
    code: "MANIFEST_DIGEST_MISMATCH",
    message: "The manifest's bytes do not have the offered digest.",
    remedy: "Offer the SHA-256 of exactly the bytes sent.",
    clause: "SYNC-002",
  });
}

export function manifestRefused(fault: ManifestFault): BerthError {
  const { code, line, clause } = fault;
  const message = `Line ${line} of the manifest: ${fault.message}`;
  return code === "PATH_REFUSED"
    ? new BerthError({
        code,
        message,
        remedy: "Rename the file in the package.",
        clause,
        details: { line: String(line), rule: fault.rule },
      })
    : new BerthError({
        code,
        message,
        remedy: "Write the manifest in its canonical form.",
        clause,
        details: { line: String(line) },
      });
}

export function invalidPayload(message: string, clause: "SYNC-041" | "SYNC-043", cause?: unknown): BerthError {
  return new BerthError({
    code: "INVALID_PAYLOAD",
    message,
    remedy: "Code the payload as the Data announces, by a codec of the session.",
    clause,
    ...(cause === undefined ? {} : { cause }),
  });
}

export function unexpectedContent(): BerthError {
  return new BerthError({
    code: "UNEXPECTED_CONTENT",
    message: "A segment carries content that is not missing.",
    remedy: "Send only what the Need asked for, each content once.",
    clause: "SYNC-045",
  });
}

export function outOfOrder(message: string, expectedOffset: number): BerthError {
  return new BerthError({
    code: "OUT_OF_ORDER",
    message,
    remedy: "Go on where the content ended.",
    clause: "SYNC-042",
    details: { expected_offset: String(expectedOffset) },
  });
}

export function contentDigestMismatch(digest: string): BerthError {
  return new BerthError({
    code: "CONTENT_DIGEST_MISMATCH",
    message: "Content does not have the digest it was sent under, and was not kept.",
    remedy: "Publish the package again.",
    clause: "SYNC-046",
    details: { digest },
  });
}

export function incomplete(missing: number): BerthError {
  return new BerthError({
    code: "INCOMPLETE",
    message: `Commit came while ${missing} contents were missing.`,
    remedy: "Send everything that is missing, then commit.",
    clause: "SYNC-052",
    details: { missing: String(missing) },
  });
}

export function syncIdle(idleMs: bigint): BerthError {
  return new BerthError({
    code: "SYNC_IDLE",
    message: `Nothing was sent for ${idleMs} ms.`,
    remedy: "Offer again; what arrived is kept.",
    clause: "SYNC-044",
  });
}
