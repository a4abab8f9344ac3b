import type { WriteStream } from "node:tty";
import type { RunEvent } from "../report/run-event.ts";

/** Shows on a terminal how far a run has come; anywhere else it is silent. */
export interface Progress {
  onEvent(event: RunEvent): void;
  end(): void;
}

/** Shows progress on one line that is written over. */
export function showProgress(stream: WriteStream): Progress {
  if (!stream.isTTY) return { onEvent: () => undefined, end: () => undefined };
  let ended = 0;
  let total = 0;
  return {
    onEvent(event) {
      if (event.type === "run-started") {
        ended = 0;
        total = event.caseCount;
      }
      if (event.type === "case-ended") ended += 1;
      const what = event.type === "case-started" ? event.id : "";
      stream.write(`\r\x1b[K${event.suite} ${ended}/${total} ${what}`.slice(0, stream.columns + 4));
    },
    end: () => void stream.write("\r\x1b[K"),
  };
}
