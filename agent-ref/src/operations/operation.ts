import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OperationState, type OperationStatus } from "@berth/proto/messages/sync/v49/operation";
import type { Logger } from "pino";
import { ChangeSignal } from "./change-signal.ts";
import type { HostTrace } from "./host-trace.ts";
import type { OperationEnd } from "./operation-end.ts";
import { outputNotReadable } from "./operation-errors.ts";
import { type OperationRecord, writeOperationRecord, writeOperationTrace } from "./operation-record.ts";
import type { StreamNumber } from "./output-index.ts";
import { OutputLog, type OutputPart } from "./output-log.ts";

/** Directories of this prefix are on their way out: what is left of them after a crash is removed, not read. */
export const removedPrefix = "removed-";

/** One operation: its record, its output, and those who wait for either to change. */
export class Operation {
  readonly #directory: string;
  readonly #logger: Logger;
  readonly #change = new ChangeSignal();
  #record: OperationRecord;
  #output: Promise<OutputLog> | undefined;
  #openOutput: OutputLog | undefined;
  #end: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string, record: OperationRecord, output: OutputLog | undefined, logger: Logger) {
    this.#directory = directory;
    this.#record = record;
    this.#openOutput = output;
    this.#output = output && Promise.resolve(output);
    this.#logger = logger;
  }

  get id(): string {
    return this.#record.operationId;
  }

  /** True from the moment the state is final; it never changes again (OP-015). */
  get hasEnded(): boolean {
    return this.#record.state !== "RUNNING";
  }

  /** When it ended, in milliseconds since 1970. */
  get endedAtMs(): number | undefined {
    return this.#record.endedAtMs;
  }

  async status(): Promise<OperationStatus> {
    const output = await this.#log();
    const { operationId, state, exitCode, reason, manifestDigest } = this.#record;
    return {
      operationId,
      state: OperationState[`OPERATION_STATE_${state}`],
      exitCode,
      reason,
      manifestDigest: Buffer.from(manifestDigest ?? "", "hex"),
      outputBytes: BigInt(output.length),
      outputTruncated: output.truncated,
    };
  }

  async outputBytes(): Promise<number> {
    return (await this.#log()).length;
  }

  /** Throws STORAGE_FAILED when the disk fails or lost what it had. */
  async readOutput(cursor: number, maxBytes: number): Promise<OutputPart> {
    try {
      return await (await this.#log()).read(cursor, maxBytes);
    } catch (error) {
      throw outputNotReadable(error);
    }
  }

  async waitForEnd(waitMs: number, signal: AbortSignal): Promise<void> {
    await this.#change.waitUntil(() => this.hasEnded, waitMs, signal);
  }

  async waitForOutputBeyond(cursor: number, waitMs: number, signal: AbortSignal): Promise<void> {
    const output = await this.#log();
    await this.#change.waitUntil(() => this.hasEnded || output.length > cursor, waitMs, signal);
  }

  /** Stores output. A disk that fails truncates the output and does not end the operation. */
  async addOutput(stream: StreamNumber, bytes: Buffer): Promise<void> {
    try {
      await (await this.#log()).append(stream, bytes);
    } catch (error) {
      this.#logger.error(
        { err: error, operation: this.id },
        "output of an operation could not be stored; the rest is dropped",
      );
    }
    this.#change.notify();
  }

  /** Writes down which processes have to be ended should the agent die. */
  async traceHost(host: HostTrace): Promise<void> {
    await this.#write((record) => ({ ...record, host }), writeOperationTrace);
  }

  /** Writes down that there are none any more. */
  async forgetHost(): Promise<void> {
    if (this.#record.host !== undefined) {
      await this.#write((record) => ({ ...record, host: undefined }), writeOperationTrace);
    }
  }

  /** Ends the operation; the first end counts (OP-015). Its output is complete from here on, and both are on disk before anyone sees it. */
  end(end: OperationEnd, host?: HostTrace): Promise<void> {
    this.#end ??= this.#endAs(end, host);
    return this.#end;
  }

  /** Stops output and leaves the record as it is: the next life of the agent finds an operation that ran. */
  async leaveRunning(): Promise<void> {
    await (await this.#log()).seal();
  }

  /** Removes everything of it from the disk. */
  async remove(): Promise<void> {
    const doomed = join(dirname(this.#directory), `${removedPrefix}${basename(this.#directory)}`);
    await rename(this.#directory, doomed);
    await rm(doomed, { recursive: true, force: true });
  }

  async #endAs(end: OperationEnd, host: HostTrace | undefined): Promise<void> {
    try {
      await (await this.#log()).seal();
    } catch (error) {
      this.#logger.error({ err: error, operation: this.id }, "the output of an operation could not be made durable");
    }
    const how = end.state === "EXITED" ? { ...end, reason: "" } : { ...end, exitCode: 0 };
    await this.#write((record) => ({ ...record, ...how, endedAtMs: Date.now(), host }), writeOperationRecord);
    this.#change.notify();
  }

  /** What could not be written counts all the same for this life of the agent; it says so in its log. */
  #write(change: (record: OperationRecord) => OperationRecord, write: typeof writeOperationRecord): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const record = change(this.#record);
      try {
        await write(this.#directory, record);
      } catch (error) {
        this.#logger.error({ err: error, operation: this.id }, "the record of an operation could not be written");
      }
      this.#record = record;
    });
    return this.#writing;
  }

  async #log(): Promise<OutputLog> {
    if (this.#openOutput !== undefined) return this.#openOutput;
    this.#output ??= OutputLog.open(this.#directory);
    try {
      this.#openOutput = await this.#output;
    } catch (error) {
      this.#output = undefined;
      throw error;
    }
    return this.#openOutput;
  }
}
