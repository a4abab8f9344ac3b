import { mkdir, rm } from "node:fs/promises";
import type { Logger } from "pino";
import { hostEnvironment } from "./host-environment.ts";
import { HostNotStarted, type HostProcess, startHostProcess } from "./host-process.ts";
import type { HostTrace } from "./host-trace.ts";
import { endStrays } from "./leftover-hosts.ts";
import { type StopTimer, startTimer } from "./long-timer.ts";
import type { OperationEnd } from "./operation-end.ts";
import type { TakeOutput } from "./output-flow.ts";
import { findProcess } from "./process-table.ts";

/** How long a host has between being asked and being forced when nobody said how long: its time is up, or the agent stops. */
const endGraceMs = 1_000;
/** How long a killed process can take before the operation ends without it, as one that hangs in the kernel does. */
const killedWithinMs = 5_000;

/** What a host runs with. */
export interface HostRunOptions {
  readonly operationId: string;
  /** The host's package as people know it, such as "node-host 1.0.0". */
  readonly hostTitle: string;
  /** The absolute path of the file that starts it (OP-050). */
  readonly entryPath: string;
  readonly extensionsDirectory: string;
  readonly name: string;
  readonly arguments: readonly string[];
  /** The path of its work directory, which does not exist yet (OP-052). */
  readonly workDirectory: string;
  /** How long it can run; zero means for ever (OP-034). */
  readonly timeoutMs: number;
  readonly onOutput: TakeOutput;
  /** Writes down which processes have to be ended should the agent die, before the host's end can be seen. It must not fail. */
  readonly onTrace: (trace: HostTrace) => Promise<void>;
  readonly logger: Logger;
}

/** The end of an operation, with its processes when they are not gone although they were killed. */
export interface HostOutcome {
  readonly end: OperationEnd;
  readonly leftover: HostTrace | undefined;
}

/** The life of one host, from its start until nothing of it is left, whoever takes its output and remembers its end. */
export class HostRun {
  readonly #options: HostRunOptions;
  readonly #outcome = Promise.withResolvers<HostOutcome>();
  readonly #gone: Promise<void>;
  #trace: HostTrace;
  #host: HostProcess | undefined;
  /** Why the agent ends it; the first reason counts. */
  #cause: OperationEnd | undefined;
  #stopping = false;
  #forceAt = Number.POSITIVE_INFINITY;
  #stopTimeout: StopTimer | undefined;
  #stopGrace: StopTimer | undefined;
  #stopGivingUp: StopTimer | undefined;

  constructor(options: HostRunOptions) {
    this.#options = options;
    this.#trace = { workDirectory: options.workDirectory };
    this.#gone = this.#run();
  }

  /** What is known of its processes. */
  get trace(): HostTrace {
    return this.#trace;
  }

  /** True from the moment its process has ended; its output can still be on the way. */
  get hasExited(): boolean {
    return this.#host?.hasExited === true;
  }

  /** Settles when the operation has ended: nothing is left of the host, or it does not end although it was killed. It never fails. */
  get ended(): Promise<HostOutcome> {
    return this.#outcome.promise;
  }

  /** Settles when the host's process is gone and its work directory removed. It never fails. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  /** Asks the host to end, and ends it by force after `graceMs`. A host that has ended by itself meanwhile keeps its own end. */
  endFor(cause: OperationEnd, graceMs: number): void {
    if (this.hasExited) return;
    this.#cause ??= cause;
    this.#forceAt = Math.min(this.#forceAt, performance.now() + graceMs);
    if (this.#host !== undefined) this.#signalHost();
  }

  /** Ends the host because the agent stops. Answers when it is gone, or has had long enough. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.endFor({ state: "UNKNOWN_AFTER_RESTART", reason: "" }, endGraceMs);
    await Promise.race([this.#gone, timePassed(endGraceMs + killedWithinMs)]);
  }

  async #run(): Promise<void> {
    const { operationId, workDirectory, logger } = this.#options;
    let end: OperationEnd;
    try {
      end = await this.#runHost();
      this.#clearTimers();
      if (this.#cause !== undefined) await endStrays(workDirectory, logger);
      await this.#removeWorkDirectory();
    } catch (error) {
      logger.error({ err: error, operation: operationId }, "an operation could not be run");
      end = { state: "HOST_NOT_STARTED", reason: "The agent failed; its log says why." };
    }
    this.#outcome.resolve({ end, leftover: undefined });
  }

  async #runHost(): Promise<OperationEnd> {
    const { operationId, hostTitle, entryPath, extensionsDirectory, name, workDirectory, timeoutMs } = this.#options;
    try {
      await mkdir(workDirectory, { mode: 0o700 });
      if (this.#cause !== undefined) return this.#cause;
      this.#host = await startHostProcess({
        entryPath,
        arguments: [name, ...this.#options.arguments],
        workDirectory,
        environment: hostEnvironment(process.env, { operationId, extensionsDirectory, workDirectory }),
        onOutput: this.#options.onOutput,
      });
    } catch (error) {
      const why = error instanceof HostNotStarted ? error.message : "its work directory could not be made";
      return { state: "HOST_NOT_STARTED", reason: `The host ${hostTitle} could not be started: ${why}.` };
    }

    if (timeoutMs !== 0) this.#stopTimeout = startTimer(timeoutMs, () => this.#timeOut());
    if (this.#cause !== undefined) this.#signalHost();
    await this.#traceProcess(this.#host);
    const exit = await this.#host.ended;
    if (this.#cause !== undefined) return this.#cause;
    if (exit.kind === "exited") return { state: "EXITED", exitCode: exit.exitCode };
    return { state: "HOST_DIED", reason: `The host was ended by the signal ${exit.signal}.` };
  }

  /** The trace names the process before its end can be seen, so that no later life of the agent overlooks it. */
  async #traceProcess(host: HostProcess): Promise<void> {
    const identity = (await findProcess(host.pid))?.identity;
    this.#trace = { ...this.#trace, process: { pid: host.pid, identity } };
    await this.#options.onTrace(this.#trace);
  }

  #timeOut(): void {
    const reason = `Its time of ${this.#options.timeoutMs} ms was up.`;
    this.endFor({ state: "TIMED_OUT", reason }, this.#cause === undefined ? endGraceMs : 0);
  }

  #signalHost(): void {
    const host = this.#host!;
    host.askToEnd();
    this.#stopGrace?.();
    const graceMs = this.#forceAt - performance.now();
    if (graceMs > 0) this.#stopGrace = startTimer(graceMs, () => this.#force(host));
    else this.#force(host);
  }

  #force(host: HostProcess): void {
    host.endByForce();
    this.#stopGivingUp ??= startTimer(killedWithinMs, () => this.#giveUp());
  }

  #giveUp(): void {
    const { operationId, logger } = this.#options;
    if (this.#stopping || this.hasExited) return;
    logger.error({ operation: operationId, pid: this.#host?.pid }, "a host does not end although it was killed");
    this.#outcome.resolve({ end: this.#cause!, leftover: this.#trace });
  }

  #clearTimers(): void {
    this.#stopTimeout?.();
    this.#stopGrace?.();
    this.#stopGivingUp?.();
  }

  async #removeWorkDirectory(): Promise<void> {
    const { workDirectory, operationId, logger } = this.#options;
    try {
      await rm(workDirectory, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      logger.warn(
        { err: error, operation: operationId },
        "a work directory could not be removed; it will be at the next start",
      );
    }
  }
}

function timePassed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
