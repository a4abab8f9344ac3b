import { type ErrorCode, errorCodeToJSON } from "@berth/proto/messages/handshake/v1/handshake";

/** A code as the specification writes it, such as `SESSION_UNKNOWN`. */
export function codeName(code: ErrorCode): string {
  return errorCodeToJSON(code).replace(/^ERROR_CODE_/, "");
}
