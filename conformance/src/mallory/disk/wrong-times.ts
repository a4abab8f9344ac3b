import { utimes } from "node:fs/promises";
import { plainFiles } from "../../attach/plain-files.ts";

const TIMES: readonly Date[] = [new Date(0), new Date("2037-12-31")];

/** SYNC-057: gives every file below a directory a modification time of long ago or far ahead, in turn. */
export async function setWrongTimes(directory: string): Promise<void> {
  for (const [index, path] of (await plainFiles(directory)).entries()) {
    const time = TIMES[index % TIMES.length]!;
    await utimes(path, time, time);
  }
}
