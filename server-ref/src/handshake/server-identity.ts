import { parseInstanceId } from "@berth/proto/rules/instance-id";
import type { ServerHome } from "../home/server-home.ts";
import { serverIdOf } from "../home/server-id.ts";
import { getSetting, type SettingName } from "../home/settings.ts";

/** What this server says about itself to every agent. Read once at the start: a changed setting takes effect at the next. */
export interface ServerIdentity {
  readonly product: string;
  readonly productVersion: string;
  readonly serverId: string;
  /** As the operator gave it (INST-010); empty means unset. */
  readonly instanceId: string;
  /** Whether an InstanceId is left once it is trimmed. */
  readonly hasInstanceId: boolean;
  /** Whether `server-identity@1` is offered. */
  readonly offersIdentity: boolean;
}

export function readServerIdentity(home: ServerHome): ServerIdentity {
  const value = (name: SettingName) => getSetting(home, name).value ?? "";
  const instanceId = value("Agent.InstanceId");
  const parsed = parseInstanceId(instanceId);
  return {
    product: value("Server.Product"),
    productVersion: value("Server.ProductVersion"),
    serverId: serverIdOf(home),
    instanceId,
    hasInstanceId: parsed.ok && parsed.instanceId !== undefined,
    offersIdentity: value("Server.Identity") === "on",
  };
}
