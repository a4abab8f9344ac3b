/** An operation that has ended, and when, in milliseconds since 1970. */
export interface EndedOperation {
  readonly operationId: string;
  readonly endedAtMs: number;
}

/** How many ended operations an instance keeps, and for how long. */
export interface Retention {
  readonly maxOperations: number;
  readonly maxAgeMs: number;
}

export const defaultRetention: Retention = { maxOperations: 1_000, maxAgeMs: 7 * 24 * 60 * 60 * 1_000 };

/** The ids of the operations that are kept no longer: those that ended too long ago, and the oldest beyond the count. */
export function selectExpired(ended: readonly EndedOperation[], nowMs: number, retention: Retention): string[] {
  const newestFirst = ended.toSorted((a, b) => b.endedAtMs - a.endedAtMs);
  return newestFirst
    .filter(({ endedAtMs }, place) => place >= retention.maxOperations || nowMs - endedAtMs > retention.maxAgeMs)
    .map(({ operationId }) => operationId);
}
