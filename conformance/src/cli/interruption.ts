/** Sees to it that what a run started is ended when the run is interrupted. */
export interface Interruption {
  /** Registers what has to be done on an interruption; answers how to take it back. */
  owe(work: () => Promise<void>): () => void;
  /** Stops listening for signals. */
  end(): void;
}

/** By convention 128 and the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens for Ctrl-C and for a request to end. What is left after the orderly end is killed as this process exits. */
export function watchInterruption(): Interruption {
  const owed = new Set<() => Promise<void>>();
  const onSignal = (signal: keyof typeof EXIT_CODES) => {
    console.error("interrupted: ending what was started");
    void Promise.allSettled([...owed].map((work) => work())).then(() => process.exit(EXIT_CODES[signal]));
  };
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  return {
    owe(work) {
      owed.add(work);
      return () => void owed.delete(work);
    },
    end() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
