/** The number of a dialect: `shared`, `instance-id`, `automatic` (HS-009). */
export type Dialect = 1 | 44 | 49;

/** The dialects of agents before version 49 (LEG-001, LEG-002). */
export type LegacyDialect = Exclude<Dialect, 49>;

/** True for a dialect of agents before version 49. */
export function isLegacy(dialect: number): dialect is LegacyDialect {
  return dialect === 1 || dialect === 44;
}

/** The dialects an agent of this version has to speak, lowest first. 47 and 48 were never published and are taken as 46 (HS-007). */
export function dialectsOfVersion(agentVersion: number): readonly Dialect[] {
  if (agentVersion >= 49) return [49];
  return agentVersion >= 44 ? [1, 44] : [1];
}

/** True for a version that no agent may announce (HS-006). */
export function isUnpublished(agentVersion: number): boolean {
  return agentVersion === 47 || agentVersion === 48;
}

/** Numbers as words of a sentence: `1 and 44`. */
export function dialectsInWords(dialects: readonly number[]): string {
  return dialects.join(" and ");
}
