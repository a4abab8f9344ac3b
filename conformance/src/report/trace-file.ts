import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TranscriptEntry } from "./transcript.ts";

/**
 * Begins the trace of a case: a file of JSON lines, one for each message on the wire. Every line is on the disk as soon as it has happened, so
 * that the trace of a case that is cut off can be read. A file of an earlier run is replaced.
 */
export function startTraceFile(directory: string, name: string): (entry: TranscriptEntry) => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${name}.jsonl`);
  writeFileSync(path, "");
  return (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`);
}
