import type { Logger } from "pino";
import type { Generation, GenerationHost } from "../sync/generation.ts";
import { HostRun } from "./host-run.ts";
import type { Operation } from "./operation.ts";
import type { OperationEnd } from "./operation-end.ts";

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

/** An operation whose output and end are recorded, while its host runs. */
export class OperationRun {
  readonly #operation: Operation;
  readonly #host: HostRun;
  readonly #gone: Promise<void>;
  #stopping = false;

  constructor({ operation, generation, host, ...rest }: RunOptions) {
    this.#operation = operation;
    this.#host = new HostRun({
      ...rest,
      operationId: operation.id,
      hostTitle: `${host.name} ${host.version}`,
      entryPath: host.entryPath,
      extensionsDirectory: generation.extensionsDirectory,
      onOutput: (stream, bytes) => operation.addOutput(stream, bytes),
      onTrace: (trace) => operation.traceHost(trace),
    });
    this.#gone = this.#recordEnd();
  }

  /** Settles when the host's process is gone, its work directory removed and its end recorded. It never fails. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  /** Asks the host to end, and ends it by force after `graceMs` (OP-030). A host that has ended by itself meanwhile keeps its own end. */
  cancel(graceMs: number): void {
    this.#host.endFor({ state: "CANCELLED", reason: "It was cancelled." }, graceMs);
  }

  /** Ends the host at once and the operation with it (OP-033). */
  async abandon(): Promise<void> {
    const givenUp: OperationEnd = { state: "ABANDONED", reason: "It was given up." };
    const ended = this.#operation.end(givenUp, this.#host.trace);
    this.#host.endFor(givenUp, 0);
    await ended;
  }

  /** Ends the host because the agent stops. The operation stays as it is: its next state is UNKNOWN_AFTER_RESTART (OP-040). */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#host.stop();
    await this.#operation.leaveRunning();
  }

  async #recordEnd(): Promise<void> {
    const { end, leftover } = await this.#host.ended;
    if (!this.#stopping) await this.#operation.end(end, leftover);
    await this.#host.gone;
    if (!this.#stopping) await this.#operation.forgetHost();
  }
}
