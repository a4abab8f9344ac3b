import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { type HostTrace, hostTrace } from "../operations/host-trace.ts";

const FILE = "host.json";

/**
 * Writes down which processes have to be ended should the agent die, so that a reader finds the old trace or the new one. A loss of power
 * can take it away, and ends the processes too.
 */
export async function writeHostTrace(directory: string, trace: HostTrace): Promise<void> {
  const temporary = path.join(directory, `${FILE}.new`);
  await writeFile(temporary, `${JSON.stringify(trace)}\n`, { mode: 0o600 });
  await rename(temporary, path.join(directory, FILE));
}

/** The trace in a directory; undefined where there is none that can be believed. */
export async function readHostTrace(directory: string): Promise<HostTrace | undefined> {
  try {
    return hostTrace.parse(JSON.parse(await readFile(path.join(directory, FILE), "utf8")));
  } catch {
    return undefined;
  }
}
