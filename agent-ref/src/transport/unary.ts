import type { handleUnaryCall } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { Call, UnaryHandler } from "./call.ts";
import { failureOf, undecodableFailure } from "./failure.ts";
import { peerAddressOf } from "./peer-address.ts";
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
    const peerAddress = peerAddressOf(grpcCall.getPeer());
    // Without a socket there is nobody to answer.
    if (peerAddress === undefined) return;

    const gone = new AbortController();
    const listeners: (() => void)[] = [];
    const call: Call = { peerAddress, signal: gone.signal, onEnd: (listener) => listeners.push(listener) };
    grpcCall.once("cancelled", () => gone.abort());

    const answer = async () => handler(grpcCall.request, call);
    answer()
      .then(
        (response) => callback(null, response),
        (thrown: unknown) => callback(failureOf(thrown, logger)),
      )
      .finally(() => {
        for (const listener of listeners) listener();
      });
  };
}
