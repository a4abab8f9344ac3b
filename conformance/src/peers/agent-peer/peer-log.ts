import type { Transcript, TranscriptDirection } from "../../report/transcript.ts";

/** What an agent of the suite's writes into the transcript of the case. */
export interface PeerLog {
  /** A message went out or came in; `path` is the full method name. */
  message(direction: TranscriptDirection, path: string, message: unknown): void;
  /** Something that is no message: a refusal, a cut, a clause that was broken. */
  event(text: string): void;
}

/** Writes under the agent's name. */
export function peerLog(transcript: Transcript, peer: string): PeerLog {
  return {
    message(direction, path, message) {
      transcript.record(direction, peer, path.slice(path.lastIndexOf("/") + 1), message);
    },
    event(text) {
      transcript.record("sent", peer, "event", { text });
    },
  };
}
