import type { SuiteName } from "./run-event.ts";
import type { TranscriptEntry } from "./transcript.ts";
import { visibleText } from "./visible-text.ts";

/** The wire of a case as lines: when, who to whom, what. The target stands on the right. */
export function timelineLines(entries: readonly TranscriptEntry[], suite: SuiteName): string[] {
  const peerWidth = Math.max(0, ...entries.map((entry) => entry.peer.length));
  const methodWidth = Math.min(28, Math.max(0, ...entries.map((entry) => entry.method.length)));
  return entries.map((entry) => {
    const at = `${entry.atMs.toFixed(1)} ms`.padStart(11);
    const arrow = entry.direction === "sent" ? "──▶" : "◀──";
    const message = typeof entry.message === "string" ? entry.message : JSON.stringify(entry.message);
    return visibleText(
      `${at}  ${entry.peer.padEnd(peerWidth)} ${arrow} ${suite}  ${entry.method.padEnd(methodWidth)}  ${message}`,
    ).replaceAll("\n", "\\n");
  });
}
