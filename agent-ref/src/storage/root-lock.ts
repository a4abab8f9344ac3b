import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Thrown when another agent uses the root. */
export class RootInUseError extends Error {
  override readonly name = "RootInUseError";
  constructor(root: string) {
    super(`Another agent already uses the root ${root}. Stop it, or give this one a root of its own with --root.`);
  }
}

/**
 * Takes the root for this process until the lock is released or the process ends, however it ends. The lock is the one of a SQLite
 * database: held by the operating system, so that a killed agent leaves nothing to clear away, and no host inherits it.
 *
 * Throws RootInUseError when another process, or another agent in this one, has it.
 */
export function lockRoot(root: string): Disposable {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path.join(root, "lock"));
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) throw new RootInUseError(root);
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

const SQLITE_BUSY = 5;
