import { chooseLegacyInstance, type LegacyCall } from "@berth/proto/rules/legacy-instance";
import type { AgentVersion } from "../handshake/agent-version.ts";
import { instancingUnsupported, invalidInstanceId } from "../handshake/handshake-errors.ts";
import type { Instances } from "../instancing/instances.ts";
import type { InstanceOrigin, OpenInstance } from "../instancing/open-instance.ts";
import type { Call } from "../transport/call.ts";
import type { LegacySession } from "./legacy-session.ts";

/** An instance that a call of the dialect 1 or 44 got, and how far it is kept apart. */
interface LegacyInstance {
  readonly instance: OpenInstance;
  readonly isolation: InstanceOrigin["isolation"];
}

/** Chooses the instance of each call in the dialect 1 or 44. */
export interface LegacyInstances {
  /**
   * The instance of one call, by the InstanceId in that call's own request (LEG-010 to LEG-014); it is in use until the call has ended. Throws INVALID_INSTANCE_ID (LEG-015),
   * INSTANCING_UNSUPPORTED (LEG-016) or STORAGE_FAILED.
   */
  open(session: LegacySession, kind: LegacyCall, instanceId: string, call: Call): Promise<LegacyInstance>;
}

/** The choice as an agent of this version makes it. */
export function createLegacyInstances(agentVersion: AgentVersion, instances: Instances): LegacyInstances {
  return {
    async open(session, kind, instanceId, call) {
      const choice = chooseLegacyInstance({ ...session, agentVersion, call: kind, instanceId });
      if (choice.kind === "refused") {
        throw choice.code === "INVALID_INSTANCE_ID"
          ? invalidInstanceId(choice.reason, "LEG-015")
          : instancingUnsupported(choice.minimumVersion, "LEG-016");
      }
      const { name, isolation } = choice;
      const instance = await instances.open(name, { product: session.product, isolation });
      call.onEnd(instance.enter());
      return { isolation, instance };
    },
  };
}
