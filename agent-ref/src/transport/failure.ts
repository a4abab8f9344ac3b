import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { BerthError, toServiceError } from "../errors/berth-error.ts";
import { isSystemError, storageFailed } from "../errors/storage-errors.ts";
import { CallerGone } from "./call.ts";
import { undecodable } from "./service-definition.ts";

/**
 * The refusal that carries what a handler threw (ERR-001). A BerthError goes out as it is, a failure of the file system as STORAGE_FAILED;
 * anything else is a fault of the agent: logged, and told to the caller without its text, which could name another instance (ERR-010). What
 * ends a call whose caller has gone is read by nobody.
 */
export function failureOf(thrown: unknown, logger: Logger): ServiceError {
  if (thrown instanceof BerthError) {
    if (thrown.cause !== undefined) logger.warn({ err: thrown.cause }, thrown.message);
    return toServiceError(thrown);
  }
  if (thrown === undecodable) return undecodableFailure();
  if (thrown instanceof CallerGone) return nobodyToAnswer(thrown);
  logger.error({ err: thrown }, "a call failed");
  if (isSystemError(thrown)) return toServiceError(storageFailed("handle the call", thrown));
  return toServiceError(
    new BerthError({
      code: "INTERNAL",
      message: "The agent failed to handle the call.",
      remedy: "Look at the agent's log.",
      clause: "ERR-007",
      phase: "MAY_HAVE_STARTED",
    }),
  );
}

/** The refusal of a message that is not valid Protobuf (HS-003). */
export function undecodableFailure(): ServiceError {
  return toServiceError(
    new BerthError({
      code: "MALFORMED_REQUEST",
      message: "The message cannot be decoded.",
      remedy: "Send a message of the type that the method takes.",
      clause: "HS-003",
    }),
  );
}

function nobodyToAnswer(gone: CallerGone): ServiceError {
  return Object.assign(gone, { code: status.CANCELLED, details: "the caller has gone", metadata: new Metadata() });
}
