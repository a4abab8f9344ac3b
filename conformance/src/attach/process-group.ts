import { type ChildProcess, spawn } from "node:child_process";

const live = new Set<number>();

// Whatever way this process ends, nothing it started outlives it.
process.on("exit", () => {
  for (const group of live) signalGroup(group, "SIGKILL");
});

/** A command and its arguments. */
export type Command = readonly [string, ...string[]];

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  readonly spawnError?: Error;
}

/** A process that the suite started, in a process group of its own. */
export interface ProcessGroup {
  readonly child: ChildProcess;
  readonly ended: Promise<ProcessEnd>;
  /** Signals the process and everything it started that stayed in its group. */
  signal(signal: NodeJS.Signals): void;
}

/** Starts a command in a process group of its own; stdin is empty or a pipe, stdout and stderr are pipes. Never throws: see `ended`. */
export function startProcessGroup(
  command: Command,
  environment: NodeJS.ProcessEnv,
  stdin: "ignore" | "pipe" = "ignore",
): ProcessGroup {
  const [file, ...words] = command;
  const child = spawn(file, words, {
    env: environment,
    detached: true,
    stdio: [stdin, "pipe", "pipe"],
  });
  const group = child.pid;
  if (group !== undefined) live.add(group);

  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("error", (spawnError) => resolve({ exitCode: null, signal: null, spawnError }));
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  child.once("exit", () => {
    if (group === undefined) return;
    // What the process left behind in its group ends with it; otherwise its pipes could stay open for ever.
    signalGroup(group, "SIGKILL");
    live.delete(group);
  });

  return {
    child,
    ended,
    signal: (signal) => {
      if (group !== undefined && live.has(group)) signalGroup(group, signal);
    },
  };
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended already, which is what a signal is for.
  }
}
