/** Work that is owed once something has ended, however it ended. */
export interface CleanupStack {
  /** What is added after the work was done is done at once: who comes too late leaves nothing behind. */
  add(cleanup: () => Promise<void> | void): void;
  /** Does it all, the last added first; one that fails does not stop the others. Answers what went wrong. */
  run(): Promise<readonly unknown[]>;
}

/** An empty stack. */
export function cleanupStack(): CleanupStack {
  const owed: (() => Promise<void> | void)[] = [];
  let over = false;
  return {
    add(cleanup) {
      if (over) void doLate(cleanup);
      else owed.push(cleanup);
    },
    async run() {
      const faults: unknown[] = [];
      for (let cleanup = owed.pop(); cleanup !== undefined; cleanup = owed.pop()) {
        try {
          await cleanup();
        } catch (fault) {
          faults.push(fault);
        }
      }
      over = true;
      return faults;
    },
  };
}

async function doLate(cleanup: () => Promise<void> | void): Promise<void> {
  try {
    await cleanup();
  } catch {
    // The faults were told already, and nobody waits for this one.
  }
}
