import { mkdir, rm } from "node:fs/promises";
import type { Logger } from "pino";
import type { Generation, GenerationHost } from "../sync/generation.ts";
import { hostEnvironment } from "./host-environment.ts";
import { HostNotStarted, type HostProcess, startHostProcess } from "./host-process.ts";
import { endStrays } from "./leftover-hosts.ts";
import { type StopTimer, startTimer } from "./long-timer.ts";
import type { Operation, OperationEnd } from "./operation.ts";
import type { HostTrace } from "./operation-record.ts";
import { findProcess } from "./process-table.ts";

/** How long a host has between being asked and being forced when nobody said how long: its time is up, or the agent stops. */
const endGraceMs = 1_000;
/** How long a killed process can take before the operation ends without it, as one that hangs in the kernel does. */
const killedWithinMs = 5_000;

/** What an operation runs with. */
export interface RunOptions {
  readonly operation: Operation;
  readonly generation: Generation;
  readonly host: GenerationHost;
  readonly name: string;
  readonly arguments: readonly string[];
  /** The path of its work directory, which does not exist yet (OP-052). */
  readonly workDirectory: string;
  /** How long it can run; zero means for ever (OP-034). */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** The life of one host, from its start until nothing of it is left. */
export class OperationRun {
  readonly #options: RunOptions;
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

  constructor(options: RunOptions) {
    this.#options = options;
    this.#trace = { workDirectory: options.workDirectory };
    this.#gone = this.#run();
  }

  /** Settles when the host's process is gone and its work directory removed. It never fails. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  /** Asks the host to end, and ends it by force after `graceMs` (OP-030). A host that has ended by itself meanwhile keeps its own end. */
  cancel(graceMs: number): void {
    this.#endHost({ state: "CANCELLED", reason: "It was cancelled." }, graceMs);
  }

  /** Ends the host at once and the operation with it (OP-033). */
  async abandon(): Promise<void> {
    const ended = this.#options.operation.end({ state: "ABANDONED", reason: "It was given up." }, this.#trace);
    this.#endHost({ state: "ABANDONED", reason: "It was given up." }, 0);
    await ended;
  }

  /** Ends the host because the agent stops. The operation stays as it is: its next state is UNKNOWN_AFTER_RESTART (OP-040). */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#endHost({ state: "UNKNOWN_AFTER_RESTART", reason: "" }, endGraceMs);
    await Promise.race([this.#gone, timePassed(endGraceMs + killedWithinMs)]);
    await this.#options.operation.leaveRunning();
  }

  async #run(): Promise<void> {
    const { operation, workDirectory, logger } = this.#options;
    try {
      const end = await this.#runHost();
      this.#clearTimers();
      if (this.#cause !== undefined) await endStrays(workDirectory, logger);
      await this.#removeWorkDirectory();
      if (this.#stopping) return;
      await operation.end(end);
      await operation.forgetHost();
    } catch (error) {
      logger.error({ err: error, operation: operation.id }, "an operation could not be run");
      await operation.end({ state: "HOST_NOT_STARTED", reason: "The agent failed; its log says why." });
    }
  }

  async #runHost(): Promise<OperationEnd> {
    const { operation, generation, host, name, workDirectory, timeoutMs } = this.#options;
    try {
      await mkdir(workDirectory, { mode: 0o700 });
      const place = { operationId: operation.id, extensionsDirectory: generation.extensionsDirectory, workDirectory };
      if (this.#cause !== undefined) return this.#cause;
      this.#host = await startHostProcess({
        entryPath: host.entryPath,
        arguments: [name, ...this.#options.arguments],
        workDirectory,
        environment: hostEnvironment(process.env, place),
        onOutput: (stream, bytes) => operation.addOutput(stream, bytes),
      });
    } catch (error) {
      const why = error instanceof HostNotStarted ? error.message : "its work directory could not be made";
      return {
        state: "HOST_NOT_STARTED",
        reason: `The host ${host.name} ${host.version} could not be started: ${why}.`,
      };
    }

    if (timeoutMs !== 0) this.#stopTimeout = startTimer(timeoutMs, () => this.#timeOut());
    if (this.#cause !== undefined) this.#signalHost();
    await this.#traceProcess(this.#host);
    const exit = await this.#host.ended;
    if (this.#cause !== undefined) return this.#cause;
    if (exit.kind === "exited") return { state: "EXITED", exitCode: exit.exitCode };
    return { state: "HOST_DIED", reason: `The host was ended by the signal ${exit.signal}.` };
  }

  /** The record names the process before its end can be seen, so that no later life of the agent overlooks it. */
  async #traceProcess(host: HostProcess): Promise<void> {
    const identity = (await findProcess(host.pid))?.identity;
    this.#trace = { ...this.#trace, process: { pid: host.pid, identity } };
    await this.#options.operation.traceHost(this.#trace);
  }

  #timeOut(): void {
    const reason = `Its time of ${this.#options.timeoutMs} ms was up.`;
    this.#endHost({ state: "TIMED_OUT", reason }, this.#cause === undefined ? endGraceMs : 0);
  }

  #endHost(cause: OperationEnd, graceMs: number): void {
    if (this.#host?.hasExited) return;
    this.#cause ??= cause;
    this.#forceAt = Math.min(this.#forceAt, performance.now() + graceMs);
    if (this.#host !== undefined) this.#signalHost();
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
    const { operation, logger } = this.#options;
    if (this.#stopping || this.#host?.hasExited) return;
    logger.error({ operation: operation.id, pid: this.#host?.pid }, "a host does not end although it was killed");
    operation.end(this.#cause!, this.#trace).catch(() => undefined); // it logs its own failures
  }

  #clearTimers(): void {
    this.#stopTimeout?.();
    this.#stopGrace?.();
    this.#stopGivingUp?.();
  }

  async #removeWorkDirectory(): Promise<void> {
    const { workDirectory, operation, logger } = this.#options;
    try {
      await rm(workDirectory, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      logger.warn(
        { err: error, operation: operation.id },
        "a work directory could not be removed; it will be at the next start",
      );
    }
  }
}

function timePassed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
