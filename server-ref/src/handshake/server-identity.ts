import { parseInstanceId } from "@berth/proto/rules/instance-id";
import type { ServerHome } from "../home/server-home.ts";
import { serverIdOf } from "../home/server-id.ts";
import { getSetting, type SettingName } from "../home/settings.ts";
import { missedMinimumVersion } from "./missed-minimum.ts";

/** What this server says about itself to every agent. Read once at the start: a changed setting takes effect at the next. */
export interface ServerIdentity {
  readonly product: string;
  readonly productVersion: string;
  readonly serverId: string;
  /** What is sent: as the operator gave it (INST-010), and empty where the product is below its minimum (INST-042). */
  readonly instanceId: string;
  /** Whether the operator set an InstanceId that is not empty once it is trimmed. */
  readonly hasInstanceId: boolean;
  /** Whether `server-identity@1` is offered. */
  readonly offersIdentity: boolean;
  /** The product's minimum version for instancing, where this server is below it. */
  readonly missedMinimum: string | undefined;
}

export function readServerIdentity(home: ServerHome): ServerIdentity {
  const value = (name: SettingName) => getSetting(home, name).value ?? "";
  const [product, productVersion] = [value("Server.Product"), value("Server.ProductVersion")];
  const instanceId = value("Agent.InstanceId");
  const parsed = parseInstanceId(instanceId);
  const missedMinimum = missedMinimumVersion(product, productVersion);
  return {
    product,
    productVersion,
    serverId: serverIdOf(home),
    instanceId: missedMinimum === undefined ? instanceId : "",
    hasInstanceId: parsed.ok && parsed.instanceId !== undefined,
    offersIdentity: value("Server.Identity") === "on",
    missedMinimum,
  };
}
