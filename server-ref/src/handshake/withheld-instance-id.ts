import { Failure } from "../errors/failure.ts";
import type { ServerHome } from "../home/server-home.ts";
import { readServerIdentity } from "./server-identity.ts";

/** A sentence for the operator where the Agent.InstanceId that is set will be sent to no agent, with the reason (INST-042), or undefined. */
export function explainWithheldInstanceId(home: ServerHome): string | undefined {
  try {
    const { hasInstanceId, missedMinimum, product, productVersion } = readServerIdentity(home);
    if (!hasInstanceId || missedMinimum === undefined) return undefined;
    return (
      `Agent.InstanceId has no effect: ${product} ${productVersion} is below ${missedMinimum}, the product's minimum version for instancing, so the id is sent to no agent. ` +
      `Upgrade the product to ${missedMinimum} or later. (INST-042)`
    );
  } catch (error) {
    // Another setting that is damaged stops the commands that need it, and not the repair of this one.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
