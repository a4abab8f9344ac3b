import { messageTypes } from "../future/message-types.ts";
import type { TranscriptEntry } from "../report/transcript.ts";
import type { RecordedEntry, Recording, WrongRecording } from "./transcript-file.ts";

/** What is the same in every recording, so that recording again changes only what has changed. */
export const RECORDED = { seed: "5eed", nonce: "recorded" } as const;

/** How much of a long case is kept at its ends: of a wrong one mostly the end, where it goes wrong. */
const KEPT = { right: { first: 6, last: 2 }, wrong: { first: 4, last: 10 } } as const;
/** Refusals, and what was refused, are what most cases are about: of a right one the first few are kept wherever they are. */
const KEPT_REFUSALS = 4;
const MESSAGE_CHARACTERS_MAX = 600;
/** The directories of cases and targets have another name each time. */
const TEMPORARY = /[^\s"']*\/(berth-(?:case|agent|server|upgrade))-[A-Za-z0-9]{6}/g;
const STANDING = "/tmp/$1-0";
/** Where in a target's own files it went wrong, which is another place on every machine. */
const STACK = /\n +at .*/g;

/** What is kept of the wire of a case that `of` has passed. */
export function rightRecording(of: string, entries: readonly TranscriptEntry[]): Recording {
  return recordingOf("right", of, entries);
}

/** The same of a case that `of` has failed, and how that was seen. */
export function wrongRecording(
  of: string,
  entries: readonly TranscriptEntry[],
  { code, expected, actual }: Pick<WrongRecording, "code" | "expected" | "actual">,
): WrongRecording {
  return { code, expected: wordsOf(expected), actual: wordsOf(actual), ...recordingOf("wrong", of, entries) };
}

function wordsOf(text: string): string {
  const words = text.replace(STACK, "").replace(TEMPORARY, STANDING);
  return words.length <= MESSAGE_CHARACTERS_MAX ? words : `${words.slice(0, MESSAGE_CHARACTERS_MAX)}…`;
}

function recordingOf(half: "right" | "wrong", of: string, entries: readonly TranscriptEntry[]): Recording {
  const kept = keptPlaces(half, entries);
  const recorded: Recording["entries"] = [];
  let before = -1;
  for (const place of kept) {
    if (place > before + 1) recorded.push({ leftOut: place - before - 1 });
    recorded.push(recordedEntry(entries[place]!));
    before = place;
  }
  return { of, calls: callsOf(entries), entries: recorded };
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
  const text = JSON.stringify(message).replace(TEMPORARY, STANDING);
  const kept = text.length <= MESSAGE_CHARACTERS_MAX ? JSON.parse(text) : `${text.slice(0, MESSAGE_CHARACTERS_MAX)}…`;
  return { direction, peer, method, message: kept };
}

/** The calls of the protocol among what went over the wire, each once, by name. */
function callsOf(entries: readonly TranscriptEntry[]): string[] {
  const known = new Set([...messageTypes().keys()].map((path) => path.slice(path.lastIndexOf("/") + 1)));
  const names = entries.map(({ method }) => method.split(/[/:]/, 1)[0]!);
  return [...new Set(names)].filter((name) => known.has(name)).toSorted();
}
