import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";

/** What a command line is connected to: what it prints to, who interrupts it, and what it ends with. */
export interface Terminal {
  /** A person watches: progress can renew itself. */
  readonly isInteractive: boolean;
  /** The home directory where no option names one; undefined leaves it to BERTH_HOME and the user's own directory. */
  readonly home: string | undefined;
  /** Prints; resolves when there is room for more. What nobody reads any more is dropped. */
  print(stream: "stdout" | "stderr", bytes: string | Uint8Array): Promise<void>;
  /** What the command line ends with; the last call counts. */
  setExitCode(code: number): void;
  /** Calls `listener` at every Ctrl-C or its like, until the function it answers with is called. */
  onInterrupt(listener: () => void): () => void;
  /** Ends at once, with work under way. */
  abandon(code: number): void;
}

const ofThisProcess: Terminal = {
  isInteractive: process.stderr.isTTY && process.stdout.isTTY,
  home: undefined,
  async print(stream, bytes) {
    const target = process[stream];
    if (target.errored) return; // nobody reads it any more; reader-left.ts has said what follows
    if (!target.write(bytes)) await once(target, "drain").catch(() => {});
  },
  setExitCode(code) {
    process.exitCode = code;
  },
  onInterrupt(listener) {
    process.on("SIGINT", listener);
    process.on("SIGTERM", listener);
    return () => {
      process.off("SIGINT", listener);
      process.off("SIGTERM", listener);
    };
  },
  abandon: (code) => process.exit(code),
};

const current = new AsyncLocalStorage<Terminal>();

/** The terminal of the command line that is running here: the process's own, except for the steps of a driver. */
export function terminal(): Terminal {
  return current.getStore() ?? ofThisProcess;
}

/** Does work whose command line is connected to `other`. */
export function withTerminal<Result>(other: Terminal, work: () => Promise<Result>): Promise<Result> {
  return current.run(other, work);
}
