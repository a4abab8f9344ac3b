import type { OperationStatus, OutputChunk } from "@berth/proto/messages/sync/v49/operation";
import type { Generation } from "../sync/generation.ts";

/** What to run, and from where. */
export interface OperationStart {
  /** A UUID in text form, in any case; it is refused when it is none (OP-014). */
  readonly operationId: string;
  readonly name: string;
  readonly arguments: readonly string[];
  /** How long to wait for the end before answering; cut to `max_wait_ms` (OP-013). */
  readonly waitMs: bigint;
  /** How long the operation can run; zero means `max_operation_ms` (OP-034). */
  readonly timeoutMs: bigint;
  /** The generation the session confirmed last. It is held until the host's process is gone (OP-002, SYNC-056). */
  readonly generation: Generation | undefined;
  /** Ends the wait early, as when the caller has gone; the operation goes on (OP-017). */
  readonly waitSignal: AbortSignal;
}

/** What to read. */
export interface OperationRead {
  readonly operationId: string;
  /** A count of output bytes of both streams (OP-021). */
  readonly cursor: bigint;
  /** How long to wait for output beyond the cursor or for the end; cut to `max_wait_ms` (OP-022). */
  readonly waitMs: bigint;
  /** The most output bytes to answer with; zero leaves it to the agent (OP-027). */
  readonly maxBytes: number;
  /** Ends the wait early. */
  readonly waitSignal: AbortSignal;
}

/** An operation as it is at one moment, with output from a cursor on. */
export interface OperationView {
  readonly status: OperationStatus;
  readonly output: OutputChunk[];
  readonly nextCursor: bigint;
}
