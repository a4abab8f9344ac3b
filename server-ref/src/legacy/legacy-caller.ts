import { DIALECT } from "@berth/proto/rules/agent-version";
import type { AgentSession } from "../handshake/negotiate.ts";
import type { ServerIdentity } from "../handshake/server-identity.ts";

/** Who makes a call of the dialect 1 or 44. */
export interface LegacyCaller {
  readonly session: AgentSession;
  readonly identity: ServerIdentity;
}

/** What every call begins with: the InstanceId goes into every call of the dialect 44 (LEG-019) and into none of the dialect 1, where some agents would honour it now and then (LEG-018). */
export function callerFields({ session, identity }: LegacyCaller): { sessionToken: string; instanceId: string } {
  const instanceId = session.dialect === DIALECT.instanceId ? identity.instanceId : "";
  return { sessionToken: session.token, instanceId };
}
