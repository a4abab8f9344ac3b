import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { Sessions } from "../handshake/session.ts";
import type { LegacyInstances } from "./legacy-instances.ts";
import type { LegacySession } from "./legacy-session.ts";

/** What every call of the dialects 1 and 44 needs: whose it is, where it goes, and how much it can be. */
export interface LegacyCalls {
  readonly sessions: Sessions<LegacySession>;
  readonly instances: LegacyInstances;
  readonly limits: Limits;
}
