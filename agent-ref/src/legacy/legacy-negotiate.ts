import {
  Isolation,
  type Limits,
  type NegotiateRequest,
  type NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentVersion } from "../handshake/agent-version.ts";
import type { SessionStore } from "../handshake/session-store.ts";
import type { Call } from "../transport/call.ts";
import { readLegacyGreeting } from "./legacy-greeting.ts";
import type { LegacyInstances } from "./legacy-instances.ts";
import { legacyLimits } from "./legacy-limits.ts";
import type { LegacySession } from "./legacy-session.ts";

/** What a handshake of an agent before version 49 needs. */
export interface LegacyNegotiateOptions {
  readonly agentVersion: AgentVersion;
  readonly limits: Limits;
  readonly instances: LegacyInstances;
  readonly sessions: SessionStore<LegacySession>;
}

/** Answers one Negotiate as agents before version 49 do: no features, no generation, no owner (LEG-003, LEG-005, LEG-013, LEG-014, LEG-017). */
export async function negotiateLegacy(
  request: NegotiateRequest,
  call: Call,
  { agentVersion, limits, instances, sessions }: LegacyNegotiateOptions,
): Promise<NegotiateResponse> {
  const { peerAddress } = call;
  sessions.requireRoom(peerAddress);
  const session = readLegacyGreeting(request, agentVersion);
  const { instance, isolation } = await instances.open(session, "greeting", request.instanceId, call);
  return {
    agentVersion,
    dialect: session.dialect,
    features: [],
    isolation: Isolation[`ISOLATION_${isolation}`],
    instanceName: instance.name,
    sessionToken: sessions.begin({ session, peerAddress, callBegins: () => () => {}, onEnd: () => {} }),
    limits: legacyLimits(limits),
    generationPresent: false,
  };
}
