import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { codeOf, whyNoProgram } from "./entry-point.ts";
import { OutputFlow, type TakeOutput } from "./output-flow.ts";
import type { StreamNumber } from "./output-index.ts";
import { endRestOfGroup, signalGroup } from "./process-group.ts";

/** How long output may still come after the host's own end from processes it started, and how long after those were ended too. */
const lateOutputMs = 1_000;
/** More than a system holds of two streams that nobody writes into any more: what comes beyond it is of a stray. */
const mostHeldBytes = 4 * 1024 * 1024;

/** What to start, and where its output goes. */
export interface HostStart {
  readonly entryPath: string;
  readonly arguments: readonly string[];
  readonly workDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Takes output in order. The host is not read from before this has answered, so a slow taker slows the host (back-pressure). */
  readonly onOutput: TakeOutput;
}

/** How a host ended. */
type HostExit =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "signalled"; readonly signal: string };

/** A host that runs, in a process group of its own. */
export interface HostProcess {
  readonly pid: number;
  /** True from the moment its process has ended; its output can still be on the way. */
  readonly hasExited: boolean;
  /** Settles when the process has ended, its output is taken, and what it started in its group has been ended too. It never fails. */
  readonly ended: Promise<HostExit>;
  /** Asks the host and everything in its group to end. */
  askToEnd(): void;
  /** Ends the host and everything in its group. */
  endByForce(): void;
}

/** The host's entry point could not be run; the message says why without naming a path of the agent (OP-035). */
export class HostNotStarted extends Error {
  override readonly name = "HostNotStarted";
}

/** Starts a host (OP-050, OP-054). Throws HostNotStarted. */
export async function startHostProcess(start: HostStart): Promise<HostProcess> {
  const refusal = await whyNoProgram(start.entryPath);
  if (refusal !== undefined) throw new HostNotStarted(refusal);

  const child = await spawnChild(start);
  const pid = child.pid!;
  let hasExited = false;
  const exit = new Promise<HostExit>((resolve) => {
    child.once("exit", (exitCode, signal) => {
      hasExited = true;
      resolve(exitCode === null ? { kind: "signalled", signal: signal ?? "unknown" } : { kind: "exited", exitCode });
    });
  });
  const flow = new OutputFlow(start.onOutput);
  const outputTaken = Promise.all([take(child.stdout, 1, flow), take(child.stderr, 2, flow)]);

  return {
    pid,
    get hasExited() {
      return hasExited;
    },
    ended: collectEnd(child, pid, exit, outputTaken, flow),
    askToEnd() {
      if (!hasExited) signalGroup(pid, "SIGTERM");
    },
    endByForce() {
      if (!hasExited) signalGroup(pid, "SIGKILL");
    },
  };
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

async function spawnChild(start: HostStart): Promise<Child> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  try {
    const child = spawn(start.entryPath, start.arguments, {
      cwd: start.workDirectory,
      env: start.environment,
      detached: true, // a process group of its own, so that everything the host starts can be ended with it
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.once("spawn", resolve);
    child.once("error", reject);
    await promise;
    child.on("error", () => undefined); // a signal that could not be sent is seen by the process not ending
    return child;
  } catch (error) {
    throw new HostNotStarted(inWords(codeOf(error)), { cause: error });
  }
}

function inWords(code: string): string {
  if (code === "ENOENT") return "its entry point, or the interpreter that it names, does not exist (ENOENT)";
  if (code === "EACCES") return "its entry point must not be executed (EACCES)";
  if (code === "ENOEXEC") return "its entry point is no program for this machine (ENOEXEC)";
  if (code === "E2BIG") return "the system takes no arguments of this length (E2BIG)";
  return `the system refused to run its entry point (${code})`;
}

async function take(source: Readable, stream: StreamNumber, flow: OutputFlow): Promise<void> {
  try {
    for await (const bytes of source) await flow.take(stream, bytes);
  } catch {
    // The stream was cut off after the host's end; what had come of it is taken.
  }
}

/**
 * The host has ended when its process has, whoever still holds its output open. Ends what it left in its group: when an operation is over,
 * nothing goes on in its files and its work directory.
 */
async function collectEnd(
  child: Child,
  pid: number,
  exit: Promise<HostExit>,
  outputTaken: Promise<unknown>,
  flow: OutputFlow,
): Promise<HostExit> {
  const how = await exit;
  await settledWithin(outputTaken, lateOutputMs);
  endRestOfGroup(pid);
  await takenToTheEnd(outputTaken, flow);
  child.stdout.destroy();
  child.stderr.destroy();
  await outputTaken;
  return how;
}

/** Waits for what the system still holds of the output. Only the time counts in which the taker could have had it. */
async function takenToTheEnd(outputTaken: Promise<unknown>, flow: OutputFlow): Promise<void> {
  const beganMs = performance.now();
  const waitedBeforeMs = flow.waitedMs;
  const takenBefore = flow.takenBytes;
  for (;;) {
    const idleMs = performance.now() - beganMs - (flow.waitedMs - waitedBeforeMs);
    const leftMs = Math.ceil(lateOutputMs - idleMs);
    if (leftMs <= 0 || flow.takenBytes - takenBefore > mostHeldBytes) return;
    if (await settledWithin(outputTaken, leftMs)) return;
  }
}

/** Whether it settled in time. */
async function settledWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const { promise: timeIsUp, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, limitMs, false);
  const settled = await Promise.race([work.then(() => true), timeIsUp]);
  clearTimeout(timer);
  return settled;
}
