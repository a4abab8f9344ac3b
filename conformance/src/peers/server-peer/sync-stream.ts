import { SyncRequest, SyncResponse } from "@berth/proto/messages/sync/v49/sync";
import type { ClientDuplexStream } from "@grpc/grpc-js";
import { failed } from "../../expect/failed.ts";
import { type CallEvent, collectEvents } from "./call-events.ts";
import { decodeAnswer } from "./decode-answer.ts";
import type { MessageLog } from "./message-log.ts";
import { methods } from "./methods.ts";

/** What a server can send on a sync stream. */
export type SyncFrame = NonNullable<SyncRequest["frame"]>;
/** What an agent can send on it. */
type AgentFrame = NonNullable<SyncResponse["frame"]>;

/** What comes next on a sync stream. */
type SyncEvent = CallEvent<AnsweredFrame>;

interface AnsweredFrame {
  readonly kind: "frame";
  readonly frame: AgentFrame;
}

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
  const events = collectEvents<AnsweredFrame>(call, path, log, usualPatienceMs, (bytes) => ({
    kind: "frame",
    frame: decodeFrame(bytes, log),
  }));

  return {
    send(frame) {
      const bytes = Buffer.from(SyncRequest.encode({ frame }).finish());
      log.message("sent", frame ? `${path}:${frame.$case}` : path, frame?.value ?? {});
      return events.write(bytes);
    },
    sendBytes(bytes) {
      log.message("sent", path, bytes);
      return events.write(bytes);
    },
    end: events.end,
    cancel: events.cancel,
    waiting: events.waiting,
    next: events.next,
  };
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
