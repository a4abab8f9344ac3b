import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentSession } from "./negotiate.ts";
import type { ServerIdentity } from "./server-identity.ts";

/** The word for an isolation, as the specification writes it. */
export function isolationName(isolation: number): string {
  const found = Object.entries(isolations).find(([, value]) => value === isolation);
  return found?.[0] ?? `UNKNOWN_${isolation}`;
}

const isolations = {
  PRODUCT: Isolation.ISOLATION_PRODUCT,
  INSTANCE_ID: Isolation.ISOLATION_INSTANCE_ID,
  ADDRESS: Isolation.ISOLATION_ADDRESS,
  SERVER: Isolation.ISOLATION_SERVER,
} as const;

/** A sentence for the operator where the agent keeps this server less apart than it asked for (INST-041), or undefined. */
export function isolationWarning(identity: ServerIdentity, session: AgentSession): string | undefined {
  const asked = askedIsolation(identity);
  if (session.isolation === asked || isMoreThanAsked(identity, session.isolation)) return undefined;
  const shared =
    session.isolation === Isolation.ISOLATION_PRODUCT ? ` Every server of ${identity.product} shares it.` : "";
  return (
    `This server asked to be kept apart by ${isolationName(asked)}, but the agent gave it ${isolationName(session.isolation)}, ` +
    `the instance ${session.instanceName}.${shared} (INST-041)`
  );
}

function askedIsolation({ hasInstanceId, offersIdentity }: ServerIdentity): Isolation {
  if (hasInstanceId) return Isolation.ISOLATION_INSTANCE_ID;
  return offersIdentity ? Isolation.ISOLATION_SERVER : Isolation.ISOLATION_ADDRESS;
}

function isMoreThanAsked({ hasInstanceId, offersIdentity }: ServerIdentity, given: Isolation): boolean {
  return !hasInstanceId && !offersIdentity && given === Isolation.ISOLATION_SERVER;
}
