import { type Readable, readable, TRACE_LIMITS } from "./readable.ts";

/** Seen from the suite: what it sent, and what it received from the target. */
export type TranscriptDirection = "sent" | "received";

/** One message on the wire. */
export interface TranscriptEntry {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  readonly direction: TranscriptDirection;
  /** Which of the suite's peers it was, such as `server 127.0.0.2`. */
  readonly peer: string;
  /** The call, such as `Negotiate`, and where it helps what was sent, such as `Sync/offer` or `Sync/status`. */
  readonly method: string;
  /** The decoded message, secrets hidden. */
  readonly message: Readable;
}

/** What went over the wire in one case, both sides, in order. */
export interface Transcript {
  /** Adds a decoded message (or any plain object that describes an event, such as a status). Secrets are hidden here. */
  record(direction: TranscriptDirection, peer: string, method: string, message: unknown): void;
  /** What was recorded, oldest first. Of a very long case the middle is left out, and an entry says so. */
  entries(): readonly TranscriptEntry[];
}

const KEPT_FIRST = 200;
const KEPT_LAST = 200;

/** Begins an empty transcript; its times count from now. Who follows it is given every message at once, with nothing left out. */
export function startTranscript(
  nowMs: () => number = () => performance.now(),
  follow?: (entry: TranscriptEntry) => void,
): Transcript {
  const beginMs = nowMs();
  const first: TranscriptEntry[] = [];
  const last: TranscriptEntry[] = [];
  let leftOut = 0;

  return {
    record(direction, peer, method, message) {
      const entry = {
        atMs: Math.round((nowMs() - beginMs) * 10) / 10,
        direction,
        peer,
        method,
        message: readable(message),
      };
      follow?.({ ...entry, message: readable(message, TRACE_LIMITS) });
      if (first.length < KEPT_FIRST) {
        first.push(entry);
        return;
      }
      last.push(entry);
      if (last.length > KEPT_LAST) {
        last.shift();
        leftOut += 1;
      }
    },
    entries() {
      const gap = last[0];
      if (leftOut === 0 || gap === undefined) return [...first, ...last];
      return [...first, { ...gap, peer: "suite", method: "…", message: `${leftOut} messages left out` }, ...last];
    },
  };
}
