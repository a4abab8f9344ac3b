import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import {
  type CancelOperationRequest,
  OperationState,
  type OperationStatus,
  OutputStream,
  type ReadOperationRequest,
  type StartOperationRequest,
} from "@berth/proto/messages/sync/v49/operation";
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import { fakeRefusal } from "./fake-refusal.ts";

/** One operation that a fake agent plays: its output, and how it ends once all of that was read. */
export interface FakeOperation {
  readonly output: readonly (readonly ["stdout" | "stderr", string])[];
  /** The final state; undefined runs until it is cancelled. */
  readonly end: Partial<OperationStatus> | undefined;
  readonly starts: StartOperationRequest[];
  readonly reads: ReadOperationRequest[];
  readonly cancels: CancelOperationRequest[];
  /** Whether a cancel is taken but never ends it. */
  isStubborn?: boolean;
  /** Called before an answer; true leaves the call without one. */
  beforeAnswer?(call: "start" | "read", count: number): boolean;
}

export function createFakeOperation(output: FakeOperation["output"], end: FakeOperation["end"]): FakeOperation {
  return { output, end, starts: [], reads: [], cancels: [] };
}

/** OperationService with one operation, which gives one chunk of output with each read. */
export function playOperation(operation: FakeOperation): UntypedServiceImplementation {
  let onCancel: () => void = () => {};
  const cancelled = new Promise<void>((resolve) => {
    onCancel = resolve;
  });
  const total = operation.output.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);

  function view(id: string, cursor: number) {
    const isCancelled = operation.cancels.length > 0 && !operation.isStubborn;
    const state = isCancelled ? OperationState.OPERATION_STATE_CANCELLED : OperationState.OPERATION_STATE_RUNNING;
    let position = 0;
    const next = operation.output.find(([, text]) => {
      position += Buffer.byteLength(text);
      return position > cursor;
    });
    const nextCursor = next ? position : cursor;
    const status: OperationStatus = {
      operationId: id,
      state,
      exitCode: 0,
      reason: "",
      manifestDigest: new Uint8Array(32),
      outputBytes: BigInt(total),
      outputTruncated: false,
      ...operation.end,
    };
    const stream = next?.[0] === "stderr" ? OutputStream.OUTPUT_STREAM_STDERR : OutputStream.OUTPUT_STREAM_STDOUT;
    return { status, output: next ? [{ stream, data: Buffer.from(next[1]) }] : [], nextCursor: BigInt(nextCursor) };
  }

  return {
    startOperation({ request }: ServerUnaryCall<StartOperationRequest, unknown>, callback: sendUnaryData<unknown>) {
      operation.starts.push(request);
      if (operation.beforeAnswer?.("start", operation.starts.length)) return;
      callback(null, { ...view(request.operationId, 0), output: [], nextCursor: 0n });
    },
    readOperation({ request }: ServerUnaryCall<ReadOperationRequest, unknown>, callback: sendUnaryData<unknown>) {
      operation.reads.push(request);
      if (request.operationId !== operation.starts[0]?.operationId)
        return callback(fakeRefusal(ErrorCode.ERROR_CODE_OPERATION_UNKNOWN));
      if (operation.beforeAnswer?.("read", operation.reads.length)) return;
      const answer = () => callback(null, view(request.operationId, Number(request.cursor)));
      const mustWait = !operation.end && Number(request.cursor) === total;
      if (mustWait) void cancelled.then(answer);
      else answer();
    },
    cancelOperation({ request }: ServerUnaryCall<CancelOperationRequest, unknown>, callback: sendUnaryData<unknown>) {
      operation.cancels.push(request);
      if (!operation.isStubborn) onCancel();
      callback(null, { status: view(request.operationId, total).status });
    },
  };
}
