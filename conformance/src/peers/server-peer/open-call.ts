import type { ClientDuplexStream } from "@grpc/grpc-js";
import { type CallEvent, collectEvents } from "./call-events.ts";
import { decodeAnswer } from "./decode-answer.ts";
import type { MessageLog } from "./message-log.ts";

/** How the messages of one streaming method are coded. */
export interface StreamMethod<Request, Response> {
  readonly path: string;
  requestSerialize(request: Request): Buffer;
  responseDeserialize(bytes: Buffer): Response;
}

/** One message of the agent. */
interface Answered<Response> {
  readonly kind: "answer";
  readonly answer: Response;
}

/** One call of any streaming method, message by message, in any order the case likes. */
export interface OpenCall<Request, Response> {
  /** Sends a message; resolves once it is handed to the connection or the call has ended. */
  send(request: Request): Promise<void>;
  /** Sends any bytes as a message. */
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** Ends the server's side. */
  end(): void;
  /** Breaks the call off. */
  cancel(): void;
  /** The next event; the last one repeats. Fails when nothing comes in `patienceMs`. */
  next(patienceMs?: number): Promise<CallEvent<Answered<Response>>>;
}

/** Takes a call over and collects what the agent sends. Streams of one direction are, on the wire, streams of both that one side uses once. */
export function openCall<Request, Response>(
  method: StreamMethod<Request, Response>,
  call: ClientDuplexStream<Buffer, Buffer>,
  log: MessageLog,
  usualPatienceMs: number,
): OpenCall<Request, Response> {
  const { path } = method;
  const events = collectEvents<Answered<Response>>(call, path, log, usualPatienceMs, (bytes) => {
    const answer = decodeAnswer(path, method.responseDeserialize, bytes);
    log.message("received", path, answer);
    return { kind: "answer", answer };
  });
  return {
    send(request) {
      log.message("sent", path, request);
      return events.write(method.requestSerialize(request));
    },
    sendBytes(bytes) {
      log.message("sent", path, bytes);
      return events.write(bytes);
    },
    end: events.end,
    cancel: events.cancel,
    next: events.next,
  };
}
