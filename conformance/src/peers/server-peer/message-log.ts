import { status } from "@grpc/grpc-js";
import type { Transcript, TranscriptDirection } from "../../report/transcript.ts";
import type { Refusal } from "./call-result.ts";

/** One peer's view of the case's transcript. */
export interface MessageLog {
  /** A message went out or came in. `path` is the full method name. */
  message(direction: TranscriptDirection, path: string, message: unknown): void;
  /** A call was refused. */
  refusal(path: string, refusal: Refusal): void;
}

/** Writes into a transcript under a peer's name. */
export function messageLog(transcript: Transcript, peer: string): MessageLog {
  return {
    message: (direction, path, message) => transcript.record(direction, peer, shortName(path), message),
    refusal(path, { status: code, text, error }) {
      const message = { status: status[code], text, error };
      transcript.record("received", peer, `${shortName(path)}/status`, message);
    },
  };
}

function shortName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
