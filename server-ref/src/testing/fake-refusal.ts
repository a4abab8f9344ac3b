import { ErrorCode, Error as ErrorMessage, Phase } from "@berth/proto/messages/handshake/v1/handshake";
import { Metadata, type ServerErrorResponse, status } from "@grpc/grpc-js";

/** An error as an agent puts it on the wire (ERR-001). */
export function fakeRefusal(
  code: ErrorCode,
  words: { message?: string; remedy?: string; clause?: string; retryable?: boolean } = {},
): ServerErrorResponse {
  const metadata = new Metadata();
  const bytes = ErrorMessage.encode({
    code,
    message: words.message ?? "The fake agent refuses.",
    retryable: words.retryable ?? false,
    phase: Phase.PHASE_NOT_STARTED,
    remedy: words.remedy ?? "Ask another one.",
    clause: words.clause ?? "ERR-001",
    details: {},
  }).finish();
  metadata.set("berth-error-bin", Buffer.from(bytes));
  const isSession = code === ErrorCode.ERROR_CODE_SESSION_UNKNOWN;
  return Object.assign(new Error("refused"), {
    code: isSession ? status.UNAUTHENTICATED : status.FAILED_PRECONDITION,
    details: "refused",
    metadata,
  });
}
