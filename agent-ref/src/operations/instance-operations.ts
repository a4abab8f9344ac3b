import { join } from "node:path";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { OperationStatus } from "@berth/proto/messages/sync/v49/operation";
import type { Logger } from "pino";
import { exceeds } from "../limits.ts";
import type { Generation, GenerationHost } from "../sync/generation.ts";
import { shorterMs } from "./long-timer.ts";
import type { Operation } from "./operation.ts";
import type { OperationRead, OperationStart, OperationView } from "./operation-call.ts";
import { createOperation } from "./operation-creation.ts";
import * as errors from "./operation-errors.ts";
import { recoverOperations } from "./operation-recovery.ts";
import { checkNameAndArguments, digestNameAndArguments, parseOperationId } from "./operation-request.ts";
import { OperationRun } from "./operation-run.ts";
import { type OperationEntry, OperationTable } from "./operation-table.ts";

/** Where the operations of one instance live, and what they can use. */
export interface InstanceOperationsOptions {
  /** Holds one directory for each operation, with its record and its output. Made when it does not exist. */
  readonly directory: string;
  /** Holds the work directories of running operations (OP-052). Whatever is in it at the start is removed. */
  readonly workDirectory: string;
  readonly limits: Pick<
    Limits,
    "maxWaitMs" | "maxOperations" | "maxOutputBytes" | "maxOperationMs" | "maxArgumentBytes"
  >;
  readonly logger: Logger;
}

/** The operations of one instance. Every refusal is a BerthError with the code of spec/operations.md. */
export class InstanceOperations {
  readonly #options: InstanceOperationsOptions;
  readonly #table: OperationTable;
  readonly #closing = new AbortController();

  private constructor(options: InstanceOperationsOptions, table: OperationTable) {
    this.#options = options;
    this.#table = table;
  }

  /**
   * Opens the operations of one instance. Ends what is left of the hosts of a former life (OP-041), so nothing may be served before it
   * has answered. Throws only when a directory cannot be made or read; damaged records never stop it.
   */
  static async open(options: InstanceOperationsOptions): Promise<InstanceOperations> {
    const table = new OperationTable(await recoverOperations(options), options.logger);
    await table.collect();
    return new InstanceOperations(options, table);
  }

  /** How many operations run, those whose state is final but whose process is still being ended included. */
  get runningCount(): number {
    return this.#table.occupiedCount;
  }

  /** Starts an operation, or answers a repeat with the one there is (OP-010). Waits as OP-013 says; the output is that from 0 on. */
  async start(request: OperationStart): Promise<OperationView> {
    const id = parseOperationId(request.operationId);
    checkNameAndArguments(request.name, request.arguments, this.#options.limits.maxArgumentBytes);
    const known = this.#table.get(id);
    const entry = known === undefined ? this.#begin(id, request) : this.#repeat(known, request);
    const operation = await entry.operation;
    await operation.waitForEnd(this.#waitMs(request.waitMs), this.#waitSignal(request.waitSignal));
    return view(operation, 0, 0);
  }

  /** Reads state and output (OP-020). */
  async read(request: OperationRead): Promise<OperationView> {
    const operation = await this.#find(request.operationId);
    const outputBytes = await operation.outputBytes();
    if (request.cursor > BigInt(outputBytes)) throw errors.invalidCursor(outputBytes);
    const cursor = Number(request.cursor);
    await operation.waitForOutputBeyond(cursor, this.#waitMs(request.waitMs), this.#waitSignal(request.waitSignal));
    return view(operation, cursor, request.maxBytes);
  }

  /** Asks a host to end, and ends it by force after `graceMs` (OP-030). Answers at once; the end is seen by reading. */
  async cancel(operationId: string, graceMs: bigint): Promise<OperationStatus> {
    const operation = await this.#find(operationId);
    if (!operation.hasEnded) this.#table.get(operation.id)?.run?.cancel(Number(graceMs));
    return operation.status();
  }

  /** Gives an operation up: its state is final when this answers (OP-033). */
  async abandon(operationId: string): Promise<OperationStatus> {
    const operation = await this.#find(operationId);
    if (!operation.hasEnded) await this.#table.get(operation.id)?.run?.abandon();
    return operation.status();
  }

  /** Ends every host and every wait, and starts nothing from now on. What ran is UNKNOWN_AFTER_RESTART at the next open (OP-040). */
  async close(): Promise<void> {
    this.#closing.abort();
    const runs = await this.#table.runs();
    await Promise.all(runs.map((run) => run.stop()));
    await this.#table.collect();
  }

  async #find(operationId: string): Promise<Operation> {
    const entry = this.#table.get(parseOperationId(operationId));
    if (entry === undefined) throw errors.operationUnknown();
    return entry.operation;
  }

  #repeat(entry: OperationEntry, request: OperationStart): OperationEntry {
    const digest = digestNameAndArguments(request.name, request.arguments);
    if (entry.requestDigest === undefined || entry.requestDigest === digest) return entry;
    throw errors.operationIdReused();
  }

  /** Everything up to the entry in the table happens at once, so that of two equal starts at one time only one begins. */
  #begin(id: string, request: OperationStart): OperationEntry {
    const { limits } = this.#options;
    const { generation } = request;
    if (this.#closing.signal.aborted) throw errors.agentStopping();
    if (generation === undefined) throw errors.noGeneration();
    if (generation.host === undefined) throw errors.noHost();
    if (exceeds(this.#table.runningCount + 1, limits.maxOperations))
      throw errors.tooManyOperations(limits.maxOperations);

    const release = generation.hold();
    const requestDigest = digestNameAndArguments(request.name, request.arguments);
    const operation = createOperation({
      operationId: id,
      directory: join(this.#options.directory, id),
      workDirectory: this.#workDirectoryOf(id),
      requestDigest,
      manifestDigest: generation.manifestDigest.toString("hex"),
      maxOutputBytes: Number(limits.maxOutputBytes),
      logger: this.#options.logger,
    });
    const entry: OperationEntry = { requestDigest, operation, written: undefined, run: undefined };
    this.#table.set(id, entry);
    operation.then(
      (written) => this.#run(entry, written, request, generation, generation.host!).then(release),
      () => {
        this.#table.delete(id);
        release();
      },
    );
    return entry;
  }

  /** Answers when the host is gone; it never fails. */
  async #run(
    entry: OperationEntry,
    operation: Operation,
    request: OperationStart,
    generation: Generation,
    host: GenerationHost,
  ): Promise<void> {
    const run = new OperationRun({
      operation,
      generation,
      host,
      name: request.name,
      arguments: request.arguments,
      workDirectory: this.#workDirectoryOf(operation.id),
      timeoutMs: shorterMs(request.timeoutMs, this.#options.limits.maxOperationMs),
      logger: this.#options.logger,
    });
    entry.written = operation;
    entry.run = run;
    await Promise.all([run.gone, this.#table.collect()]);
    entry.run = undefined;
  }

  #workDirectoryOf(operationId: string): string {
    return join(this.#options.workDirectory, operationId);
  }

  #waitMs(asked: bigint): number {
    const { maxWaitMs } = this.#options.limits;
    return Number(exceeds(asked, maxWaitMs) ? maxWaitMs : asked);
  }

  #waitSignal(caller: AbortSignal): AbortSignal {
    return AbortSignal.any([caller, this.#closing.signal]);
  }
}

/** The output is read before the status, so that the status never counts fewer bytes than the answer holds. */
async function view(operation: Operation, cursor: number, maxBytes: number): Promise<OperationView> {
  const { chunks, nextCursor } = await operation.readOutput(cursor, maxBytes);
  return { status: await operation.status(), output: chunks, nextCursor: BigInt(nextCursor) };
}
