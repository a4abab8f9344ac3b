import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { isSystemError } from "../errors/storage-errors.ts";

/** Thrown when the root cannot be made, or cannot hold what an agent keeps. */
export class RootUnusableError extends Error {
  override readonly name = "RootUnusableError";

  constructor(root: string, reason: string, cause?: unknown) {
    super(
      `The root ${root} cannot be used: ${reason}. Mend that, or name another directory with --root.`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** Makes the root, and what is above it, for this user alone where it is not there yet. Throws RootUnusableError. */
export function makeRoot(root: string): void {
  try {
    makeDirectory(path.resolve(root));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "EEXIST" || error.code === "ENOTDIR") throw new RootUnusableError(root, "it is not a directory");
    throw new RootUnusableError(root, `it cannot be made (${error.code})`, error);
  }
}

/** Not by the option `recursive`, which goes round for ever on a file system that refuses new names with ENOENT, such as /proc. */
function makeDirectory(directory: string): void {
  const parent = path.dirname(directory);
  if (isDirectory(directory)) return;
  if (parent !== directory) makeDirectory(parent);
  mkdirSync(directory, { mode: 0o700 });
}

function isDirectory(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
