import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Every plain file below a directory. The agent can go on working there: a directory that goes meanwhile is left out. */
export async function plainFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(directory, entry.name));
  for (const entry of entries.filter((each) => each.isDirectory())) {
    files.push(...(await plainFiles(join(directory, entry.name)).catch(noneIfGone)));
  }
  return files;
}

/** The bytes of every plain file below a directory, by its path. The agent can go on working there: what goes meanwhile is left out. */
export async function contentsBelow(directory: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const path of await plainFiles(directory)) {
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes) found.set(path, bytes);
  }
  return found;
}

function noneIfGone(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
