import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import { DIALECT } from "@berth/proto/rules/agent-version";
import type { AgentSession } from "./negotiate.ts";
import type { ServerIdentity } from "./server-identity.ts";

const isolations = {
  PRODUCT: Isolation.ISOLATION_PRODUCT,
  INSTANCE_ID: Isolation.ISOLATION_INSTANCE_ID,
  ADDRESS: Isolation.ISOLATION_ADDRESS,
  SERVER: Isolation.ISOLATION_SERVER,
} as const;

/** The word for an isolation, as the specification writes it. */
export function isolationName(isolation: number): string {
  const found = Object.entries(isolations).find(([, value]) => value === isolation);
  return found?.[0] ?? `UNKNOWN_${isolation}`;
}

/** Less isolation than the settings of this server ask for. */
export interface IsolationShortfall {
  /** What the settings ask for; a server below its product's minimum would, once it is upgraded. The specification's words. */
  readonly asked: string;
  readonly given: string;
  /** What it means, and what the operator can do about it, in sentences. */
  readonly consequence: string;
  readonly remedy: string;
}

/** Compares what an agent gave with what this server asked for (INST-041); undefined where it is as much, or more. */
export function findIsolationShortfall(
  identity: ServerIdentity,
  session: AgentSession,
): IsolationShortfall | undefined {
  const asked = askedIsolation(identity);
  if (session.isolation === asked || isMoreThanAsked(identity, session.isolation)) return undefined;
  return {
    asked: isolationName(asked),
    given: isolationName(session.isolation),
    consequence: describe(identity, session),
    remedy: remedyFor(identity, session, asked),
  };
}

function askedIsolation({ hasInstanceId, offersIdentity }: ServerIdentity): Isolation {
  if (hasInstanceId) return Isolation.ISOLATION_INSTANCE_ID;
  return offersIdentity ? Isolation.ISOLATION_SERVER : Isolation.ISOLATION_ADDRESS;
}

function isMoreThanAsked({ hasInstanceId, offersIdentity }: ServerIdentity, given: Isolation): boolean {
  return !hasInstanceId && !offersIdentity && given === Isolation.ISOLATION_SERVER;
}

function describe({ product, productVersion, missedMinimum }: ServerIdentity, session: AgentSession): string {
  if (session.isolation !== Isolation.ISOLATION_PRODUCT) return `Its instance is ${session.instanceName}.`;
  const shared = `All servers of ${product} share the instance ${session.instanceName}.`;
  if (missedMinimum === undefined) return shared;
  return `${product} ${productVersion} is below ${missedMinimum}, its minimum version for instancing. ${shared}`;
}

function remedyFor(
  { missedMinimum }: ServerIdentity,
  { dialect, agentVersion }: AgentSession,
  asked: Isolation,
): string {
  if (missedMinimum !== undefined) return `Upgrade the product to ${missedMinimum} or later.`;
  const hasInstanceId = asked === Isolation.ISOLATION_INSTANCE_ID;
  if (dialect === DIALECT.shared) {
    return hasInstanceId
      ? `Upgrade the agent, which has version ${agentVersion}, to 44 or later.`
      : `Upgrade the agent, which has version ${agentVersion}, to 49 or later, or to 44 or later and set Agent.InstanceId to a unique value.`;
  }
  if (!hasInstanceId) {
    return dialect === DIALECT.instanceId
      ? `Set Agent.InstanceId to a unique value, or upgrade the agent, which has version ${agentVersion}, to 49 or later.`
      : "Set Agent.InstanceId to a unique value.";
  }
  return "Tell whoever makes the agent, which does not honour Agent.InstanceId; berth-conformance shows the fault.";
}
