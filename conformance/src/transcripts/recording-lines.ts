import type { Recording } from "./transcript-file.ts";

const LINE_CHARACTERS_MAX = 240;

/** A recording as lines: who to whom, what. The target stands on the right. */
export function recordingLines({ entries }: Recording, target: "agent" | "server"): string[] {
  const messages = entries.flatMap((each) => ("leftOut" in each ? [] : [each]));
  const peerWidth = Math.max(0, ...messages.map((each) => each.peer.length));
  const methodWidth = Math.max(0, ...messages.map((each) => each.method.length));
  return entries.map((each) => {
    if ("leftOut" in each) return `    … ${each.leftOut} more`;
    const arrow = each.direction === "sent" ? "──▶" : "◀──";
    const message = typeof each.message === "string" ? each.message : JSON.stringify(each.message);
    const line = `    ${each.peer.padEnd(peerWidth)} ${arrow} ${target}  ${each.method.padEnd(methodWidth)}  ${message}`;
    return line.length <= LINE_CHARACTERS_MAX ? line : `${line.slice(0, LINE_CHARACTERS_MAX)}…`;
  });
}
