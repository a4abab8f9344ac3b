import {
  OperationState,
  type OperationStatus,
  type OutputChunk,
  OutputStream,
} from "@berth/proto/messages/sync/v49/operation";

/** An operation as it is known after reading: its status and all output read so far. */
export interface OperationRun {
  readonly operationId: string;
  readonly status: OperationStatus;
  readonly output: readonly OutputChunk[];
  readonly nextCursor: bigint;
  /** Standard output as text. */
  readonly stdout: string;
  /** Standard error as text. */
  readonly stderr: string;
}

/** Puts chunks of output together. */
export function operationRun(
  operationId: string,
  status: OperationStatus,
  output: readonly OutputChunk[],
  nextCursor: bigint,
): OperationRun {
  return {
    operationId,
    status,
    output,
    nextCursor,
    stdout: bytesOf(output, OutputStream.OUTPUT_STREAM_STDOUT).toString(),
    stderr: bytesOf(output, OutputStream.OUTPUT_STREAM_STDERR).toString(),
  };
}

/** The bytes of one stream, or of both when none is named. */
export function bytesOf(output: readonly OutputChunk[], stream?: OutputStream): Buffer {
  return Buffer.concat(
    output.filter((chunk) => stream === undefined || chunk.stream === stream).map(({ data }) => data),
  );
}

/** True when an operation is final and all its output was read (OP-061). */
export function isReadWhole({ state, outputBytes }: OperationStatus, nextCursor: bigint): boolean {
  return state !== OperationState.OPERATION_STATE_RUNNING && nextCursor === outputBytes;
}
