import { type ClientDuplexStream, type StatusObject, status } from "@grpc/grpc-js";
import type { Refusal } from "./call-result.ts";
import type { MessageLog } from "./message-log.ts";
import { noAnswer } from "./raw-channel.ts";
import { refusalFrom } from "./refusal.ts";

/** What comes next of a call: a message, or how the call ended. */
export type CallEvent<Message> =
  | Message
  | { readonly kind: "ended" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** A call of any streaming method, in bytes, whose answers are collected as they come. */
export interface CallEvents<Message> {
  /** Resolves once the bytes are handed to the connection or the call has ended. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the server's side. */
  end(): void;
  /** Breaks the call off. */
  cancel(): void;
  /** The next event; the last one repeats. Fails when nothing comes in `patienceMs`, and with what `read` threw. */
  next(patienceMs?: number): Promise<CallEvent<Message>>;
  /** What has come and was not taken by `next` yet. */
  waiting(): readonly CallEvent<Message>[];
}

/** Takes a call over; `read` makes an event of every message the agent sends. */
export function collectEvents<Message extends { readonly kind: string }>(
  call: ClientDuplexStream<Buffer, Buffer>,
  path: string,
  log: MessageLog,
  usualPatienceMs: number,
  read: (bytes: Buffer) => Message,
): CallEvents<Message> {
  const events: CallEvent<Message>[] = [];
  let problem: unknown;
  let last: CallEvent<Message> | undefined;
  let wake = () => {};

  const add = (make: () => CallEvent<Message>, isLast: boolean) => {
    try {
      const event = make();
      events.push(event);
      if (isLast) last = event;
    } catch (error) {
      problem ??= error;
    }
    wake();
  };
  const readEnd = new Promise((resolve) => call.once("end", resolve));
  call.on("data", (bytes: Buffer) => add(() => read(bytes), false));
  call.on("error", () => {}); // the status says the same and more
  call.on("status", (end: StatusObject) => void readEnd.then(() => add(() => eventAtEnd(path, end, log), true)));

  // A call that has ended never says that a message was written.
  const ended = new Promise<void>((resolve) => call.once("status", () => resolve()));

  return {
    write: (bytes) =>
      last
        ? ended
        : Promise.race([ended, new Promise<void>((resolve) => call.write(Buffer.from(bytes), () => resolve()))]),
    end: () => call.end(),
    cancel: () => call.cancel(),
    waiting: () => events,
    async next(patienceMs = usualPatienceMs) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        if (problem) throw problem;
        const event = events.shift() ?? last;
        if (event) return event;
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) throw noAnswer(path, patienceMs);
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

function eventAtEnd(path: string, end: StatusObject, log: MessageLog): CallEvent<never> {
  if (end.code === status.OK) return { kind: "ended" };
  const refusal = refusalFrom(end);
  log.refusal(path, refusal);
  return { kind: "refused", refusal };
}
