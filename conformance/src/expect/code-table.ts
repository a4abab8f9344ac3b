import { status } from "@grpc/grpc-js";

/** What spec/errors.md says of one code. */
export interface CodeRow {
  /** The gRPC status (ERR-003). */
  readonly status: status;
  /** Whether the same call can succeed later (ERR-004). */
  readonly retryable: boolean;
  /** The keys its details hold. */
  readonly details: readonly string[];
}

const dialectDetails = ["agent_lowest", "agent_highest", "server_lowest", "server_highest"];

/** The suite's own copy of the table of codes, written from spec/errors.md. */
export const codeTable = {
  INTERNAL: row(status.INTERNAL),
  MALFORMED_REQUEST: row(status.INVALID_ARGUMENT, ["field"]),
  UNEXPECTED_MESSAGE: row(status.INVALID_ARGUMENT),
  LIMIT_EXCEEDED: row(status.RESOURCE_EXHAUSTED, ["limit", "maximum"]),
  STORAGE_FAILED: retryable(status.UNAVAILABLE),
  INVALID_PRODUCT: row(status.INVALID_ARGUMENT),
  INVALID_PRODUCT_VERSION: row(status.INVALID_ARGUMENT),
  INVALID_SERVER_ID: row(status.INVALID_ARGUMENT),
  INVALID_INSTANCE_ID: row(status.INVALID_ARGUMENT),
  INVALID_DIGEST: row(status.INVALID_ARGUMENT, ["field"]),
  SERVER_TOO_OLD: row(status.FAILED_PRECONDITION, dialectDetails),
  AGENT_TOO_OLD: row(status.FAILED_PRECONDITION, dialectDetails),
  INSTANCING_UNSUPPORTED: row(status.FAILED_PRECONDITION, ["minimum_version"]),
  INSTANCE_CONFLICT: row(status.FAILED_PRECONDITION),
  SESSION_UNKNOWN: row(status.UNAUTHENTICATED),
  TOO_MANY_SESSIONS: retryable(status.RESOURCE_EXHAUSTED, ["maximum"]),
  INVALID_MANIFEST: row(status.INVALID_ARGUMENT, ["line"]),
  MANIFEST_DIGEST_MISMATCH: row(status.INVALID_ARGUMENT),
  PATH_REFUSED: row(status.INVALID_ARGUMENT, ["line", "rule"]),
  QUOTA_EXCEEDED: row(status.RESOURCE_EXHAUSTED, ["maximum"]),
  UNEXPECTED_CONTENT: row(status.INVALID_ARGUMENT),
  OUT_OF_ORDER: row(status.INVALID_ARGUMENT, ["expected_offset"]),
  CONTENT_DIGEST_MISMATCH: row(status.INVALID_ARGUMENT, ["digest"]),
  INVALID_PAYLOAD: row(status.INVALID_ARGUMENT),
  INCOMPLETE: row(status.FAILED_PRECONDITION, ["missing"]),
  SYNC_IDLE: retryable(status.DEADLINE_EXCEEDED),
  NO_GENERATION: row(status.FAILED_PRECONDITION),
  NO_HOST: row(status.FAILED_PRECONDITION),
  INVALID_OPERATION_ID: row(status.INVALID_ARGUMENT),
  OPERATION_ID_REUSED: row(status.ALREADY_EXISTS),
  OPERATION_UNKNOWN: row(status.NOT_FOUND),
  TOO_MANY_OPERATIONS: retryable(status.RESOURCE_EXHAUSTED, ["maximum"]),
  INVALID_CURSOR: row(status.OUT_OF_RANGE, ["output_bytes"]),
  INVALID_ARGUMENTS: row(status.INVALID_ARGUMENT),
} as const satisfies Record<string, CodeRow>;

/** The name of a code of the table. */
export type CodeName = keyof typeof codeTable;

function row(status: status, details: readonly string[] = []): CodeRow {
  return { status, retryable: false, details };
}

function retryable(status: status, details: readonly string[] = []): CodeRow {
  return { status, retryable: true, details };
}
