import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { packageFile } from "../package-file.ts";

const entry = z.strictObject({
  direction: z.enum(["sent", "received"]),
  /** Which of the suite's peers it was. */
  peer: z.string(),
  method: z.string(),
  /** The decoded message, secrets hidden. */
  message: z.json(),
});

const recording = z.strictObject({
  /** Who was recorded, in words. */
  of: z.string().min(1),
  /** The calls of the protocol that the case made, or was met with, each once, by name. */
  calls: z.array(z.string()),
  /** A long case is not kept whole: where messages are missing stands how many. */
  entries: z.array(z.union([entry, z.strictObject({ leftOut: z.int().positive() })])),
});

const wrongRecording = recording.extend({ code: z.string(), expected: z.string(), actual: z.string() });

const file = z.strictObject({
  case: z.string(),
  /** The case against an end that passes it. */
  right: recording.optional(),
  /** The same against an end that breaks what the case judges, and how that was seen. */
  wrong: wrongRecording.optional(),
});

/** One message of a recorded case. */
export type RecordedEntry = z.infer<typeof entry>;
/** What went over the wire in one case. */
export type Recording = z.infer<typeof recording>;
/** The same of a case that was failed, and the failure. */
export type WrongRecording = z.infer<typeof wrongRecording>;
/** What is known of the wire of one case: `transcripts/<case>.json`. */
export type TranscriptFile = z.infer<typeof file>;

/** The recordings that come with the suite. */
export function ownTranscripts(): string {
  return packageFile("transcripts");
}

/** Reads the recordings of one case; with neither half where there is no file. */
export function readTranscript(id: string, folder = ownTranscripts()): TranscriptFile {
  const path = pathOf(id, folder);
  return existsSync(path) ? file.parse(JSON.parse(readFileSync(path, "utf8"))) : { case: id };
}

/** The ids of all cases with recordings. */
export function recordedIds(folder = ownTranscripts()): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => name.replace(/\.json$/, ""));
}

/** Writes the recordings of one case, a message on a line, so that a change shows as lines. */
export function writeTranscript(content: TranscriptFile, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const halves = (["right", "wrong"] as const).flatMap((half) => {
    const own = content[half];
    if (own === undefined) return [];
    const { entries, ...about } = own;
    const fields = Object.entries({ ...about, entries: [] }).map(([key, value]) =>
      key === "entries" ? `    "entries": [${lines(entries)}]` : `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
    );
    return [`  "${half}": {\n${fields.join(",\n")}\n  }`];
  });
  const text = `{\n${[`  "case": ${JSON.stringify(content.case)}`, ...halves].join(",\n")}\n}\n`;
  writeFileSync(pathOf(content.case, folder), text);
}

function lines(entries: Recording["entries"]): string {
  return entries.length === 0 ? "" : `\n${entries.map((each) => `      ${JSON.stringify(each)}`).join(",\n")}\n    `;
}

function pathOf(id: string, folder: string): string {
  return join(folder, `${id}.json`);
}
