import { type ClientDuplexStream, type StatusObject, status } from "@grpc/grpc-js";
import type { Refusal } from "./call-result.ts";
import { decodeAnswer } from "./decode-answer.ts";
import type { MessageLog } from "./message-log.ts";
import { noAnswer } from "./raw-channel.ts";
import { refusalFrom } from "./refusal.ts";

/** How the messages of one streaming method are coded. */
export interface StreamMethod<Request, Response> {
  readonly path: string;
  requestSerialize(request: Request): Buffer;
  responseDeserialize(bytes: Buffer): Response;
}

/** What comes next of a call. */
type CallEvent<Response> =
  | { readonly kind: "answer"; readonly answer: Response }
  | { readonly kind: "ended" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

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
  next(patienceMs?: number): Promise<CallEvent<Response>>;
}

/** Takes a call over and collects what the agent sends. Streams of one direction are, on the wire, streams of both that one side uses once. */
export function openCall<Request, Response>(
  method: StreamMethod<Request, Response>,
  call: ClientDuplexStream<Buffer, Buffer>,
  log: MessageLog,
  usualPatienceMs: number,
): OpenCall<Request, Response> {
  const events: CallEvent<Response>[] = [];
  let problem: unknown;
  let last: CallEvent<Response> | undefined;
  let wake = () => {};

  const add = (make: () => CallEvent<Response>) => {
    try {
      const event = make();
      events.push(event);
      if (event.kind !== "answer") last = event;
    } catch (error) {
      problem ??= error;
    }
    wake();
  };
  const readEnd = new Promise((resolve) => call.once("end", resolve));
  call.on("data", (bytes: Buffer) =>
    add(() => {
      const answer = decodeAnswer(method.path, method.responseDeserialize, bytes);
      log.message("received", method.path, answer);
      return { kind: "answer", answer };
    }),
  );
  call.on("error", () => {}); // the status says the same and more
  call.on("status", (end: StatusObject) => void readEnd.then(() => add(() => eventAtEnd(method.path, end, log))));

  // A call that has ended never says that a message was written.
  const ended = new Promise<void>((resolve) => call.once("status", () => resolve()));
  const write = (bytes: Buffer) =>
    last ? ended : Promise.race([ended, new Promise<void>((resolve) => call.write(bytes, () => resolve()))]);

  return {
    send(request) {
      log.message("sent", method.path, request);
      return write(method.requestSerialize(request));
    },
    sendBytes(bytes) {
      log.message("sent", method.path, bytes);
      return write(Buffer.from(bytes));
    },
    end: () => call.end(),
    cancel: () => call.cancel(),
    async next(patienceMs = usualPatienceMs) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        if (problem) throw problem;
        const event = events.shift() ?? last;
        if (event) return event;
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) throw noAnswer(method.path, patienceMs);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, leftMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}

function eventAtEnd<Response>(path: string, end: StatusObject, log: MessageLog): CallEvent<Response> {
  if (end.code === status.OK) return { kind: "ended" };
  const refusal = refusalFrom(end);
  log.refusal(path, refusal);
  return { kind: "refused", refusal };
}
