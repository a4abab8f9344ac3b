import {
  OperationState,
  type OperationStatus,
  type OutputChunk,
  OutputStream,
} from "@berth/proto/messages/sync/v49/operation";
import { failed } from "../../expect/failed.ts";

/** What an answer about an operation says beside its status. */
export interface AnsweredOutput {
  readonly cursor: bigint;
  readonly output: readonly OutputChunk[];
  readonly nextCursor: bigint;
  /** Zero when the call set no bound. */
  readonly maxBytes: number;
}

/** What brings an operation into each state for which a reason is given. */
const clauseOfState: Readonly<Partial<Record<OperationState, string>>> = {
  [OperationState.OPERATION_STATE_HOST_NOT_STARTED]: "OP-035",
  [OperationState.OPERATION_STATE_HOST_DIED]: "OP-036",
  [OperationState.OPERATION_STATE_CANCELLED]: "OP-030",
  [OperationState.OPERATION_STATE_TIMED_OUT]: "OP-034",
  [OperationState.OPERATION_STATE_ABANDONED]: "OP-033",
  [OperationState.OPERATION_STATE_UNKNOWN_AFTER_RESTART]: "OP-040",
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Holds a status against everything the clauses say of any status, and returns it. */
export function checkStatus(operationId: string, status: OperationStatus | undefined): OperationStatus {
  check(UUID.test(operationId), "OP-014", `the id ${JSON.stringify(operationId)} to be refused`, "it is answered");
  check(status !== undefined, "OP-010", "a status in the answer", "none");
  if (!status) throw new Error("unreachable: checked above");
  const { state, exitCode, reason } = status;
  const final = state !== OperationState.OPERATION_STATE_RUNNING;
  const exited = state === OperationState.OPERATION_STATE_EXITED;
  check(
    status.operationId.toLowerCase() === operationId.toLowerCase(),
    "OP-010",
    `the status of operation ${operationId}`,
    `that of ${JSON.stringify(status.operationId)}`,
  );
  check(state >= 1 && state <= 8, "OP-015", "one of the eight states", `the value ${state}`);
  check(
    exited || exitCode === 0,
    "OP-032",
    "exit code zero in every state but EXITED",
    `${exitCode} in state ${state}`,
  );
  check(
    !final || exited || reason !== "",
    clauseOfState[state] ?? "OP-015",
    "a reason in words for a final state but EXITED",
    "none",
  );
  check(
    status.manifestDigest.length === 32,
    "OP-002",
    "the 32-byte digest of the generation it runs from",
    `${status.manifestDigest.length} bytes`,
  );
  return status;
}

/** Holds output against the clauses on cursors (OP-020, OP-021, OP-023, OP-027). */
export function checkOutput(status: OperationStatus, answered: AnsweredOutput): void {
  const { cursor, output, nextCursor, maxBytes } = answered;
  const { outputBytes } = status;
  const within = cursor <= outputBytes;
  check(within, "OP-023", `a cursor beyond the ${outputBytes} bytes of output to be refused`, `${cursor} is answered`);
  let sum = 0;
  for (const { stream, data } of output) {
    const known = stream === OutputStream.OUTPUT_STREAM_STDOUT || stream === OutputStream.OUTPUT_STREAM_STDERR;
    check(known, "OP-020", "every chunk marked with its stream", `the stream ${stream}`);
    check(data.length > 0, "OP-020", "at least one byte in every chunk", "an empty chunk");
    sum += data.length;
  }
  check(
    nextCursor === cursor + BigInt(sum),
    "OP-021",
    `next_cursor ${cursor + BigInt(sum)}: the cursor and the ${sum} bytes answered`,
    String(nextCursor),
  );
  check(
    nextCursor <= status.outputBytes,
    "OP-021",
    `next_cursor not beyond output_bytes ${status.outputBytes}`,
    String(nextCursor),
  );
  check(maxBytes === 0 || sum <= maxBytes, "OP-027", `at most ${maxBytes} bytes of output`, `${sum} bytes`);
}

function check(holds: boolean, clause: string, expected: string, actual: string): void {
  if (!holds) throw failed({ code: "operation-answer-wrong", clause, expected, actual });
}
