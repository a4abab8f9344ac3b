import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";

/** What an agent before version 49 announces: zero for what its dialects do not have (LEG-005). */
export function legacyLimits(limits: Limits): Limits {
  return {
    ...limits,
    maxManifestBytes: 0n,
    maxFiles: 0,
    instanceQuotaBytes: 0n,
    maxWaitMs: 0n,
    maxOutputBytes: 0n,
    ownershipWindowMs: 0n,
  };
}
