import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { agentMisbehaved } from "../errors/agent-failures.ts";

/** The limits of an agent that a server has to keep (HS-033); infinite where the agent has none of its own (HS-031). Sizes in bytes, times in milliseconds. */
export interface AgentLimits {
  readonly maxMessageBytes: number;
  readonly maxDataBytes: number;
  readonly maxManifestBytes: number;
  readonly maxFiles: number;
  readonly instanceQuotaBytes: number;
  readonly maxWaitMs: number;
  readonly maxArgumentBytes: number;
}

/** What every agent takes, so that a full frame always fits (HS-032). */
const leastMessageBytes = 1_114_112;
const leastDataBytes = 65_536;

/** Reads announced limits; a missing message means none. Throws a `Failure` for limits that leave no room. */
export function readAgentLimits(limits: Limits | undefined): AgentLimits {
  const maxMessageBytes = unlimitedIfZero(limits?.maxMessageBytes);
  const maxDataBytes = unlimitedIfZero(limits?.maxDataBytes);
  if (maxMessageBytes < leastMessageBytes || maxDataBytes < leastDataBytes) {
    throw agentMisbehaved("it announces limits that leave no room for content", "HS-032");
  }
  return {
    maxMessageBytes,
    maxDataBytes,
    maxManifestBytes: unlimitedIfZero(limits?.maxManifestBytes),
    maxFiles: unlimitedIfZero(limits?.maxFiles),
    instanceQuotaBytes: unlimitedIfZero(limits?.instanceQuotaBytes),
    maxWaitMs: unlimitedIfZero(limits?.maxWaitMs),
    maxArgumentBytes: unlimitedIfZero(limits?.maxArgumentBytes),
  };
}

function unlimitedIfZero(limit: number | bigint | undefined): number {
  return Number(limit ?? 0) || Number.POSITIVE_INFINITY;
}
