import type { handleBidiStreamingCall } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { MessageStream } from "./call.ts";
import { followCall } from "./call-life.ts";
import { failureOf } from "./failure.ts";
import { RequestMessages } from "./request-messages.ts";
import { sendMessage } from "./response-messages.ts";

/** A grpc-js handler that ends the call well when `handler` ends, and refuses with what it throws (ERR-001, ERR-007). */
export function streaming<Request, Response>(
  handler: (stream: MessageStream<Request, Response>) => Promise<void>,
  logger: Logger,
): handleBidiStreamingCall<Request, Response> {
  return (grpcCall) => {
    const requests = new RequestMessages<Request>(grpcCall);
    const call = followCall(grpcCall);
    if (call === undefined) return;

    handler({
      ...call,
      next: (idleMs) => requests.next(idleMs),
      arrived: () => requests.arrived(),
      send: (message) => sendMessage(grpcCall, message, call.signal),
    })
      .then(
        () => grpcCall.end(),
        (thrown: unknown) => grpcCall.emit("error", failureOf(thrown, logger)),
      )
      .finally(() => call.ended());
  };
}
