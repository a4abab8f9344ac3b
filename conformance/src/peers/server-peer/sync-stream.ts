import { SyncRequest, SyncResponse } from "@berth/proto/messages/sync/v49/sync";
import { type ClientDuplexStream, type StatusObject, status } from "@grpc/grpc-js";
import { failed } from "../../expect/failed.ts";
import type { Refusal } from "./call-result.ts";
import { decodeAnswer } from "./decode-answer.ts";
import type { MessageLog } from "./message-log.ts";
import { methods } from "./methods.ts";
import { noAnswer } from "./raw-channel.ts";
import { refusalFrom } from "./refusal.ts";

/** What a server can send on a sync stream. */
export type SyncFrame = NonNullable<SyncRequest["frame"]>;
/** What an agent can send on it. */
type AgentFrame = NonNullable<SyncResponse["frame"]>;

/** What comes next on a sync stream. */
type SyncEvent =
  | { readonly kind: "frame"; readonly frame: AgentFrame }
  | { readonly kind: "ended" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** One sync call, frame by frame, in any order the case likes. */
export interface SyncStream {
  /** Sends one frame, or a message without one; resolves once it is handed to the connection or the call has ended. */
  send(frame: SyncFrame | undefined): Promise<void>;
  /** Sends bytes as a message. */
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** Ends the server's side. */
  end(): void;
  /** Breaks the call off. */
  cancel(): void;
  /** The next event; the last one repeats. Fails when nothing comes in `patienceMs`. */
  next(patienceMs?: number): Promise<SyncEvent>;
  /** What has come and was not taken by `next` yet: for showing that nothing came before its time. */
  waiting(): readonly SyncEvent[];
}

/** Takes over a call and collects what the agent sends. */
export function syncStream(
  call: ClientDuplexStream<Buffer, Buffer>,
  log: MessageLog,
  usualPatienceMs: number,
): SyncStream {
  const { path } = methods.sync;
  const events: SyncEvent[] = [];
  let problem: unknown;
  let last: SyncEvent | undefined;
  let wake = () => {};

  const add = (make: () => SyncEvent) => {
    try {
      const event = make();
      events.push(event);
      if (event.kind !== "frame") last = event;
    } catch (error) {
      problem ??= error;
    }
    wake();
  };
  const readEnd = new Promise((resolve) => call.once("end", resolve));
  call.on("data", (bytes: Buffer) => add(() => ({ kind: "frame", frame: decodeFrame(bytes, log) })));
  call.on("error", () => {}); // the status says the same and more
  call.on("status", (end: StatusObject) => {
    void readEnd.then(() => {
      add(() => eventAtEnd(end, log));
    });
  });

  // A call that has ended never says that a message was written.
  const ended = new Promise<void>((resolve) => call.once("status", () => resolve()));
  const write = (bytes: Buffer) =>
    last ? ended : Promise.race([ended, new Promise<void>((resolve) => call.write(bytes, () => resolve()))]);

  return {
    send(frame) {
      const bytes = Buffer.from(SyncRequest.encode({ frame }).finish());
      log.message("sent", frame ? `${path}:${frame.$case}` : path, frame?.value ?? {});
      return write(bytes);
    },
    sendBytes(bytes) {
      log.message("sent", path, bytes);
      return write(Buffer.from(bytes));
    },
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

function eventAtEnd(end: StatusObject, log: MessageLog): SyncEvent {
  if (end.code === status.OK) return { kind: "ended" };
  const refusal = refusalFrom(end);
  log.refusal(methods.sync.path, refusal);
  return { kind: "refused", refusal };
}

function decodeFrame(bytes: Buffer, log: MessageLog): AgentFrame {
  const { frame } = decodeAnswer(methods.sync.path, SyncResponse.decode, bytes);
  log.message("received", frame ? `${methods.sync.path}:${frame.$case}` : methods.sync.path, frame?.value ?? {});
  if (!frame) {
    throw failed({
      code: "answer-malformed",
      expected: "a SyncResponse with a frame set",
      actual: `${bytes.length} bytes without one`,
    });
  }
  return frame;
}
