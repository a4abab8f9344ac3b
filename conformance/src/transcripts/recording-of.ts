import type { TranscriptEntry } from "../report/transcript.ts";
import type { RecordedEntry, Recording } from "./transcript-file.ts";

/** How much of a long case is kept at its ends: of a wrong one mostly the end, where it goes wrong. */
const KEPT = { right: { first: 6, last: 2 }, wrong: { first: 4, last: 10 } } as const;
/** Refusals, and what was refused, are what most cases are about: of a right one the first few are kept wherever they are. */
const KEPT_REFUSALS = 4;
const MESSAGE_CHARACTERS_MAX = 600;
/** The directories of cases and targets have another name each time. */
const TEMPORARY = /[^\s"']*\/(berth-(?:case|agent|server|upgrade))-[A-Za-z0-9]{6}/g;

/** What is kept of a case's wire. */
export function recordingOf(
  half: "right" | "wrong",
  of: string,
  entries: readonly TranscriptEntry[],
  calls: readonly string[],
): Recording {
  const kept = keptPlaces(half, entries);
  const recorded: Recording["entries"] = [];
  let before = -1;
  for (const place of kept) {
    if (place > before + 1) recorded.push({ leftOut: place - before - 1 });
    recorded.push(recordedEntry(entries[place]!));
    before = place;
  }
  return { of, calls: [...calls], entries: recorded };
}

/** In order, each once. */
function keptPlaces(half: "right" | "wrong", entries: readonly TranscriptEntry[]): number[] {
  const { first, last } = KEPT[half];
  const places = entries.map((_, place) => place);
  const refusals = places.filter((place) => isRefusal(entries[place]!)).slice(0, KEPT_REFUSALS);
  const kept = new Set([
    ...places.slice(0, first),
    ...(half === "right" ? refusals.flatMap((place) => [place - 1, place]) : []),
    ...places.slice(Math.max(0, places.length - last)),
  ]);
  return [...kept].filter((place) => place >= 0).toSorted((a, b) => a - b);
}

function isRefusal({ method, message }: TranscriptEntry): boolean {
  return method.endsWith("/status") || (method === "event" && JSON.stringify(message).includes("is refused"));
}

function recordedEntry({ direction, peer, method, message }: TranscriptEntry): RecordedEntry {
  const text = JSON.stringify(message).replace(TEMPORARY, (_, name: string) => `/tmp/${name}-0`);
  const kept = text.length <= MESSAGE_CHARACTERS_MAX ? JSON.parse(text) : `${text.slice(0, MESSAGE_CHARACTERS_MAX)}…`;
  return { direction, peer, method, message: kept };
}

/** The calls of the protocol among what went over the wire, each once, by name. */
export function callsOf(entries: readonly TranscriptEntry[], known: ReadonlySet<string>): string[] {
  const names = entries.map(({ method }) => method.split(/[/:]/, 1)[0]!);
  return [...new Set(names)].filter((name) => known.has(name)).toSorted();
}
