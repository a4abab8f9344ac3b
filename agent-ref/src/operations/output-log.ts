import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { OutputChunk } from "@berth/proto/messages/sync/v49/operation";
import { isMissing } from "../errors/storage-errors.ts";
import type { StreamNumber } from "./output-index.ts";
import {
  checkIndex,
  encodeRun,
  findRun,
  longestOutputBytes,
  type OutputRun,
  readRuns,
  runBytes,
} from "./output-index.ts";

/** The most output bytes in one answer: a quarter of the message size that gRPC libraries accept unasked. */
const maxAnswerBytes = 1024 * 1024;
/** The most runs in one answer, so that runs of one byte cannot make the message large. */
const maxAnswerRuns = 4_096;

/** Output from a cursor on. */
export interface OutputPart {
  readonly chunks: OutputChunk[];
  readonly nextCursor: number;
}

/**
 * The output of one operation on disk: the bytes of both streams in the order they arrived, and an index of runs that says which bytes
 * are whose. A position is a count of bytes of both streams (OP-021). Bytes can be read once the index names them, so what a reader saw
 * is there after a restart too (OP-025).
 */
export class OutputLog {
  readonly #directory: string;
  readonly #maxBytes: number;
  #length: number;
  #runCount: number;
  #last: OutputRun | undefined;
  #truncated: boolean;
  /** Open while the log can grow. */
  #files: LogFiles | undefined;
  /** Everything happens in turn: a run must not grow while it is read. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    directory: string,
    maxBytes: number,
    files: LogFiles | undefined,
    last?: OutputRun,
    runCount = 0,
  ) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#files = files;
    this.#last = last;
    this.#runCount = runCount;
    this.#length = last?.end ?? 0;
    this.#truncated = last?.kind === "truncated";
  }

  /** Makes an empty log in `directory` that keeps the first `maxBytes` of what is appended; zero means no limit. */
  static async create(directory: string, maxBytes: number): Promise<OutputLog> {
    const limit = maxBytes === 0 ? longestOutputBytes : Math.min(maxBytes, longestOutputBytes);
    return new OutputLog(directory, limit, await openFiles(directory, "w+"));
  }

  /** Opens the log of an operation that has ended. A torn or damaged tail is left out; files that are missing count as empty. */
  static async open(directory: string): Promise<OutputLog> {
    let files: LogFiles;
    try {
      files = await openFiles(directory, "r");
    } catch (error) {
      if (isMissing(error)) return new OutputLog(directory, 0, undefined);
      throw error;
    }
    try {
      const { last, runCount } = await checkIndex(files.index, (await files.output.stat()).size);
      return new OutputLog(directory, 0, undefined, last, runCount);
    } finally {
      await closeFiles(files);
    }
  }

  /** How many bytes can be read. */
  get length(): number {
    return this.#length;
  }

  /** True when output beyond the limit was dropped (OP-024). */
  get truncated(): boolean {
    return this.#truncated;
  }

  /**
   * Adds output, and answers once it can be read. What is beyond the limit, or comes after the log was sealed, is dropped. When the disk
   * fails, this throws once, and the log keeps what it has and drops the rest.
   */
  append(stream: StreamNumber, bytes: Buffer): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#files === undefined || this.#truncated) return;
      const kept = bytes.subarray(0, this.#maxBytes - this.#length);
      try {
        if (kept.length > 0) await this.#write(this.#files, stream, kept);
        if (kept.length < bytes.length) await this.#markTruncated(this.#files);
      } catch (error) {
        this.#truncated = true;
        throw error;
      }
    });
  }

  /** Makes what was appended durable; nothing is added from now on. */
  seal(): Promise<void> {
    return this.#inTurn(async () => {
      const files = this.#files;
      if (files === undefined) return;
      this.#files = undefined;
      try {
        await Promise.all([files.output.datasync(), files.index.datasync()]);
      } finally {
        await closeFiles(files);
      }
    });
  }

  /** Reads from `cursor` on, at most `maxBytes` when that is not zero, and never more than one answer should hold. */
  read(cursor: number, maxBytes: number): Promise<OutputPart> {
    return this.#inTurn(async () => {
      const length = this.#length;
      if (cursor >= length) return { chunks: [], nextCursor: cursor };
      const files = this.#files ?? (await openFiles(this.#directory, "r"));
      try {
        const wanted = maxBytes === 0 ? maxAnswerBytes : Math.min(maxBytes, maxAnswerBytes);
        return await readPart(files, this.#runCount, cursor, Math.min(cursor + wanted, length));
      } finally {
        if (files !== this.#files) await closeFiles(files);
      }
    });
  }

  async #write(files: LogFiles, stream: StreamNumber, bytes: Buffer): Promise<void> {
    await writeAt(files.output, bytes, this.#length);
    const run: OutputRun = { kind: stream, end: this.#length + bytes.length };
    const grows = this.#last?.kind === stream;
    const place = grows ? this.#runCount - 1 : this.#runCount;
    await writeAt(files.index, encodeRun(run), place * runBytes);
    this.#runCount = place + 1;
    this.#last = run;
    this.#length = run.end;
  }

  async #markTruncated(files: LogFiles): Promise<void> {
    this.#truncated = true;
    await writeAt(files.index, encodeRun({ kind: "truncated", end: this.#length }), this.#runCount * runBytes);
    this.#runCount++;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

interface LogFiles {
  readonly output: FileHandle;
  readonly index: FileHandle;
}

async function openFiles(directory: string, flags: "r" | "w+"): Promise<LogFiles> {
  const output = await open(join(directory, "output"), flags, 0o600);
  try {
    return { output, index: await open(join(directory, "output.index"), flags, 0o600) };
  } catch (error) {
    await output.close();
    throw error;
  }
}

async function closeFiles(files: LogFiles): Promise<void> {
  await Promise.all([files.output.close(), files.index.close()]);
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

async function readPart(files: LogFiles, runCount: number, cursor: number, end: number): Promise<OutputPart> {
  const first = await findRun(files.index, runCount, cursor);
  const runs = await readRuns(files.index, first, Math.min(maxAnswerRuns, runCount - first));
  const stop = Math.min(end, runs.at(-1)?.end ?? cursor);
  const bytes = Buffer.alloc(stop - cursor);
  const { bytesRead } = await files.output.read(bytes, 0, bytes.length, cursor);
  if (stop === cursor || bytesRead < bytes.length) throw new Error("the output is shorter than its index says");

  const chunks: OutputChunk[] = [];
  let position = cursor;
  for (const run of runs) {
    const runEnd = Math.min(run.end, stop);
    if (run.kind === "truncated" || runEnd <= position) break;
    chunks.push({ stream: run.kind, data: bytes.subarray(position - cursor, runEnd - cursor) });
    position = runEnd;
  }
  return { chunks, nextCursor: position };
}
