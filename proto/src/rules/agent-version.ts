/** The dialects of Berth, numbered by the lowest agent version that speaks each (HS-009). */
export const DIALECT = { shared: 1, instanceId: 44, automatic: 49 } as const;

/** The number of a dialect. */
export type Dialect = (typeof DIALECT)[keyof typeof DIALECT];

/** The lowest version of an agent that speaks the dialect 49. */
const LOWEST_AUTOMATIC = 49;
/** The lowest version of an agent that honours an InstanceId on every call. */
const LOWEST_INSTANCE_ID = 44;

/** True for the versions that were never published, which no agent announces (HS-006). */
export function isUnpublishedVersion(agentVersion: number): boolean {
  return agentVersion === 47 || agentVersion === 48;
}

/** The version as which a server treats an agent: 46 where it announces 47 or 48, what it announces otherwise (HS-007). */
export function treatedAsVersion(announced: number): number {
  return isUnpublishedVersion(announced) ? 46 : announced;
}

/** The dialects that an agent of this version, which is at least 1, has to speak, lowest first (HS-009, LEG-001, LEG-002). */
export function dialectsOf(agentVersion: number): readonly Dialect[] {
  const version = treatedAsVersion(agentVersion);
  if (version >= LOWEST_AUTOMATIC) return [DIALECT.automatic];
  return version >= LOWEST_INSTANCE_ID ? [DIALECT.shared, DIALECT.instanceId] : [DIALECT.shared];
}
