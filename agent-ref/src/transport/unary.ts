import type { handleUnaryCall } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { UnaryHandler } from "./call.ts";
import { followCall } from "./call-life.ts";
import { failureOf, undecodableFailure } from "./failure.ts";
import { undecodable } from "./service-definition.ts";

/** A grpc-js handler that answers with what `handler` answers, and refuses with what it throws (ERR-001, ERR-007). */
export function unary<Request, Response>(
  handler: UnaryHandler<Request, Response>,
  logger: Logger,
): handleUnaryCall<Request, Response> {
  return (grpcCall, callback) => {
    if ((grpcCall.request as unknown) === undecodable) {
      callback(undecodableFailure());
      return;
    }
    const call = followCall(grpcCall);
    if (call === undefined) return;

    const answer = async () => handler(grpcCall.request, call);
    answer()
      .then(
        (response) => callback(null, response),
        (thrown: unknown) => callback(failureOf(thrown, logger)),
      )
      .finally(() => call.ended());
  };
}
