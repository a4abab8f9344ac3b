import { cp, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * When each version was last changed. Agents before version 49 know a stale file by its modification time alone (LEG-030), and
 * a clone may give the files of both versions one time.
 */
const MODIFIED = {
  "1.0.0": new Date("2025-01-01T00:00:00Z"),
  "2.0.0": new Date("2025-02-01T00:00:00Z"),
};

/** @typedef {keyof typeof MODIFIED} GreetingVersion */

/**
 * Copies a version of the extension greeting, every file with the time of its version, and gives the directory of the copy.
 *
 * @param {GreetingVersion} version
 * @param {string} directory
 */
export async function copyGreeting(version, directory) {
  const copy = join(directory, `greeting-${version}`);
  await cp(fileURLToPath(import.meta.resolve(`../packages/extensions/greeting-${version}`)), copy, { recursive: true });
  const entries = await readdir(copy, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const modified = MODIFIED[version];
  await Promise.all(files.map(({ parentPath, name }) => utimes(join(parentPath, name), modified, modified)));
  return copy;
}
