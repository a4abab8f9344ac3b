import type { LegacyClaim } from "@berth/proto/rules/legacy-instance";

/** A dialect of agents before version 49. */
export type LegacyDialect = LegacyClaim["dialect"];

/**
 * A negotiated connection of the dialect 1 or 44. It names no instance: every call does that by itself (LEG-010 to LEG-012).
 */
export interface LegacySession {
  readonly dialect: LegacyDialect;
  /** As the greeting said it. */
  readonly product: string;
  /** As the greeting said it. */
  readonly productVersion: string;
}
