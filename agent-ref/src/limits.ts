import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What an agent announces unless its operator sets something else. Zero means no limit (HS-031). */
export const defaultLimits: Readonly<Limits> = {
  maxMessageBytes: 4 * MiB,
  maxDataBytes: 1 * MiB,
  maxManifestBytes: BigInt(64 * MiB),
  maxFiles: 200_000,
  instanceQuotaBytes: BigInt(8 * GiB),
  sessionIdleMs: BigInt(30 * minuteMs),
  syncIdleMs: BigInt(60 * secondMs),
  maxWaitMs: BigInt(30 * secondMs),
  maxOperations: 32,
  maxOutputBytes: BigInt(64 * MiB),
  maxOperationMs: BigInt(24 * hourMs),
  maxArgumentBytes: 256 * KiB,
  ownershipWindowMs: BigInt(24 * hourMs),
  maxSessions: 16_384,
  instanceIdleMs: BigInt(90 * dayMs),
};

/** Tells whether `value` is beyond `limit`; a limit of zero is none, and what is at a limit exactly is within it (HS-030, HS-031). */
export function exceeds(value: number | bigint, limit: number | bigint): boolean {
  return BigInt(limit) !== 0n && BigInt(value) > BigInt(limit);
}
