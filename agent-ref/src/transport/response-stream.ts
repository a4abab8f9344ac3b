import type { handleServerStreamingCall } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { ResponseStream } from "./call.ts";
import { followCall } from "./call-life.ts";
import { failureOf, undecodableFailure } from "./failure.ts";
import { sendMessage } from "./response-messages.ts";
import { undecodable } from "./service-definition.ts";

/** A grpc-js handler for a call of one request and many answers, which ends well when `handler` ends, and with what it throws otherwise. */
export function responseStreaming<Request, Response>(
  handler: (request: Request, stream: ResponseStream<Response>) => Promise<void>,
  logger: Logger,
): handleServerStreamingCall<Request, Response> {
  return (grpcCall) => {
    if ((grpcCall.request as unknown) === undecodable) {
      grpcCall.emit("error", undecodableFailure());
      return;
    }
    const call = followCall(grpcCall);
    if (call === undefined) return;

    handler(grpcCall.request, { ...call, send: (message) => sendMessage(grpcCall, message, call.signal) })
      .then(
        () => grpcCall.end(),
        (thrown: unknown) => grpcCall.emit("error", failureOf(thrown, logger)),
      )
      .finally(() => call.ended());
  };
}
