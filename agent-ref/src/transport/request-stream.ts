import type { handleClientStreamingCall } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { RequestStream } from "./call.ts";
import { followCall } from "./call-life.ts";
import { failureOf } from "./failure.ts";
import { RequestMessages } from "./request-messages.ts";

/** A grpc-js handler for a call of many requests and one answer: that of `handler`, or a refusal with what it throws (ERR-001, ERR-007). */
export function requestStreaming<Request, Response>(
  handler: (stream: RequestStream<Request>) => Promise<Response>,
  logger: Logger,
): handleClientStreamingCall<Request, Response> {
  return (grpcCall, callback) => {
    const requests = new RequestMessages<Request>(grpcCall);
    const call = followCall(grpcCall);
    if (call === undefined) return;

    handler({ ...call, next: (idleMs) => requests.next(idleMs), arrived: () => requests.arrived() })
      .then(
        (response) => callback(null, response),
        (thrown: unknown) => callback(failureOf(thrown, logger)),
      )
      .finally(() => call.ended());
  };
}
