import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeRoot, RootUnusableError } from "./root-directory.ts";

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
 * Throws RootInUseError when another process, or another agent in this one, has it, and RootUnusableError when it cannot be made, or its
 * lock neither read nor written.
 */
export function lockRoot(root: string): Disposable {
  makeRoot(root);
  const file = path.join(root, "lock");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) throw new RootInUseError(root);
    const reason = error instanceof Error ? error.message : String(error);
    throw new RootUnusableError(root, `its lock ${file} cannot be taken: ${reason}`, error);
  }
  return { [Symbol.dispose]: () => database.close() };
}

const SQLITE_BUSY = 5;
