import {
  OperationState,
  type OperationStatus,
  type OutputChunk,
  OutputStream,
  type ReadOperationRequest,
  type StartOperationRequest,
} from "@berth/proto/messages/sync/v49/operation";
import type { OperationScript, ScriptedOutput } from "./options.ts";
import type { SeenOperation } from "./seen.ts";

/** An answer about an operation: where it stands, and output from a cursor on. */
export interface OperationAnswer {
  readonly status: OperationStatus;
  readonly output: OutputChunk[];
  readonly nextCursor: bigint;
}

/** One operation of an agent of the suite's, whose host follows a script. */
export class ScriptedOperation implements SeenOperation {
  readonly id: string;
  readonly manifestDigest: Uint8Array;
  readonly starts: StartOperationRequest[] = [];
  readonly reads: ReadOperationRequest[] = [];
  deliveredBytes = 0;

  readonly #script: OperationScript;
  readonly #maxBytesPerAnswer: number;
  readonly #stages: readonly (readonly ScriptedOutput[])[];
  #stagesThere = 1;
  #endedBy: OperationState | undefined;

  constructor(id: string, script: OperationScript, manifestDigest: Uint8Array, maxBytesPerAnswer: number) {
    this.id = id;
    this.#script = script;
    this.manifestDigest = manifestDigest;
    this.#maxBytesPerAnswer = maxBytesPerAnswer;
    this.#stages = script.stages ?? [];
  }

  get outputBytes(): number {
    return lengthOf(this.#stages.flat());
  }

  get state(): OperationState {
    if (this.#endedBy !== undefined) return this.#endedBy;
    if (this.#stagesThere < this.#stages.length) return OperationState.OPERATION_STATE_RUNNING;
    return this.#script.state ?? OperationState.OPERATION_STATE_EXITED;
  }

  /** The next stage of output comes into being. */
  advance(): void {
    this.#stagesThere += 1;
  }

  /** Somebody cancels it or gives it up; a final state stays. */
  endBy(state: OperationState): void {
    if (this.state === OperationState.OPERATION_STATE_RUNNING) this.#endedBy = state;
  }

  status(): OperationStatus {
    const exited = this.state === OperationState.OPERATION_STATE_EXITED;
    const running = this.state === OperationState.OPERATION_STATE_RUNNING;
    return {
      operationId: this.id,
      state: this.state,
      exitCode: exited ? (this.#script.exitCode ?? 0) : 0,
      reason: exited || running ? "" : (this.#script.reason ?? "The script of the suite says so."),
      manifestDigest: this.manifestDigest,
      outputBytes: BigInt(this.#outputBytesThere),
      outputTruncated: false,
    };
  }

  /** What an answer holds from `cursor` on, at most `maxBytes` where that is not zero. */
  answer(cursor: number, maxBytes: number): OperationAnswer {
    const bounds = [maxBytes, this.#maxBytesPerAnswer].filter((bound) => bound > 0);
    const end = Math.min(this.#outputBytesThere, ...bounds.map((bound) => cursor + bound));
    return { status: this.status(), output: cutOut(this.#outputThere, cursor, end), nextCursor: BigInt(end) };
  }

  get #outputThere(): ScriptedOutput[] {
    return this.#stages.slice(0, this.#stagesThere).flat();
  }

  get #outputBytesThere(): number {
    return lengthOf(this.#outputThere);
  }
}

function cutOut(output: readonly ScriptedOutput[], from: number, to: number): OutputChunk[] {
  const chunks: OutputChunk[] = [];
  let position = 0;
  for (const { stream, data } of output) {
    const bytes = Buffer.from(data);
    const piece = bytes.subarray(Math.max(0, from - position), Math.max(0, to - position));
    if (piece.length > 0) chunks.push({ stream: streamOf(stream), data: piece });
    position += bytes.length;
  }
  return chunks;
}

function streamOf(stream: ScriptedOutput["stream"]): OutputStream {
  return stream === "stdout" ? OutputStream.OUTPUT_STREAM_STDOUT : OutputStream.OUTPUT_STREAM_STDERR;
}

function lengthOf(output: readonly ScriptedOutput[]): number {
  return output.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
}
