import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let all: string | undefined;

// Whatever way this process ends, no directory of its outlives it.
process.on("exit", () => {
  if (all !== undefined) rmSync(all, { recursive: true, force: true, maxRetries: 3 });
});

/**
 * The directory that holds all others made here, for those who have to share them. Its path is the real one, because a target can compare
 * what it was given with what the system says.
 */
export function allTemporaryDirectories(): string {
  all ??= realpathSync(mkdtempSync(join(tmpdir(), "berth-conformance-")));
  return all;
}

/** Makes an empty directory. */
export function makeTemporaryDirectory(prefix: string): string {
  return mkdtempSync(join(allTemporaryDirectories(), prefix));
}

/** Removes such a directory with all that is in it. */
export async function removeTemporaryDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}
