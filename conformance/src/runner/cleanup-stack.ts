/** Work that is owed once something has ended, however it ended. */
export interface CleanupStack {
  add(cleanup: () => Promise<void> | void): void;
  /** Does it all, the last added first; one that fails does not stop the others. Answers what went wrong. */
  run(): Promise<readonly unknown[]>;
}

/** An empty stack. */
export function cleanupStack(): CleanupStack {
  const owed: (() => Promise<void> | void)[] = [];
  return {
    add: (cleanup) => void owed.push(cleanup),
    async run() {
      const faults: unknown[] = [];
      for (let cleanup = owed.pop(); cleanup !== undefined; cleanup = owed.pop()) {
        try {
          await cleanup();
        } catch (fault) {
          faults.push(fault);
        }
      }
      return faults;
    },
  };
}
