import type { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { status } from "@grpc/grpc-js";

/** What the code of an error decides by itself: its gRPC status and whether the same call can succeed later (ERR-003, ERR-004). */
export interface ErrorTraits {
  readonly status: status;
  readonly retryable: boolean;
}

/** The code of an error as spec/errors.md spells it. */
export type ErrorCodeName =
  Exclude<keyof typeof ErrorCode, "UNRECOGNIZED" | "ERROR_CODE_UNSPECIFIED"> extends infer Key
    ? Key extends `ERROR_CODE_${infer Name}`
      ? Name
      : never
    : never;

const final = (code: status): ErrorTraits => ({ status: code, retryable: false });
const retryable = (code: status): ErrorTraits => ({ status: code, retryable: true });

/** The table of spec/errors.md. */
export const errorTable: Readonly<Record<ErrorCodeName, ErrorTraits>> = {
  INTERNAL: final(status.INTERNAL),
  MALFORMED_REQUEST: final(status.INVALID_ARGUMENT),
  UNEXPECTED_MESSAGE: final(status.INVALID_ARGUMENT),
  LIMIT_EXCEEDED: final(status.RESOURCE_EXHAUSTED),
  STORAGE_FAILED: retryable(status.UNAVAILABLE),
  INVALID_PRODUCT: final(status.INVALID_ARGUMENT),
  INVALID_PRODUCT_VERSION: final(status.INVALID_ARGUMENT),
  INVALID_SERVER_ID: final(status.INVALID_ARGUMENT),
  INVALID_INSTANCE_ID: final(status.INVALID_ARGUMENT),
  INVALID_DIGEST: final(status.INVALID_ARGUMENT),
  SERVER_TOO_OLD: final(status.FAILED_PRECONDITION),
  AGENT_TOO_OLD: final(status.FAILED_PRECONDITION),
  INSTANCING_UNSUPPORTED: final(status.FAILED_PRECONDITION),
  INSTANCE_CONFLICT: final(status.FAILED_PRECONDITION),
  SESSION_UNKNOWN: final(status.UNAUTHENTICATED),
  TOO_MANY_SESSIONS: retryable(status.RESOURCE_EXHAUSTED),
  INVALID_MANIFEST: final(status.INVALID_ARGUMENT),
  MANIFEST_DIGEST_MISMATCH: final(status.INVALID_ARGUMENT),
  PATH_REFUSED: final(status.INVALID_ARGUMENT),
  QUOTA_EXCEEDED: final(status.RESOURCE_EXHAUSTED),
  UNEXPECTED_CONTENT: final(status.INVALID_ARGUMENT),
  OUT_OF_ORDER: final(status.INVALID_ARGUMENT),
  CONTENT_DIGEST_MISMATCH: final(status.INVALID_ARGUMENT),
  INVALID_PAYLOAD: final(status.INVALID_ARGUMENT),
  INCOMPLETE: final(status.FAILED_PRECONDITION),
  SYNC_IDLE: retryable(status.DEADLINE_EXCEEDED),
  NO_GENERATION: final(status.FAILED_PRECONDITION),
  NO_HOST: final(status.FAILED_PRECONDITION),
  INVALID_OPERATION_ID: final(status.INVALID_ARGUMENT),
  OPERATION_ID_REUSED: final(status.ALREADY_EXISTS),
  OPERATION_UNKNOWN: final(status.NOT_FOUND),
  TOO_MANY_OPERATIONS: retryable(status.RESOURCE_EXHAUSTED),
  INVALID_CURSOR: final(status.OUT_OF_RANGE),
  INVALID_ARGUMENTS: final(status.INVALID_ARGUMENT),
};
