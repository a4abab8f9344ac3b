import { mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { homeUnwritable } from "../errors/home-failures.ts";
import { asDatabaseFailure, openDatabase } from "./database.ts";

/** Everything one server keeps: its database, and the packs of its published packages. */
export interface ServerHome {
  readonly directory: string;
  readonly databaseFile: string;
  readonly packsDirectory: string;
  readonly database: DatabaseSync;
}

/** Where a server lives when nothing says otherwise. */
export const defaultHomeDirectory = join(homedir(), ".berth-server");

/** Opens a home, makes it where there is none, and closes it after `work`. Errors of its database and of its files come out as a `Failure`. */
export async function withServerHome<Result>(
  directory: string,
  work: (home: ServerHome) => Promise<Result> | Result,
): Promise<Result> {
  const home = openServerHome(resolve(directory));
  try {
    return await work(home);
  } catch (error) {
    throw isOfFilesBelow(home.directory, error)
      ? homeUnwritable(home.directory, error)
      : asDatabaseFailure(home.databaseFile, error);
  } finally {
    home.database.close();
  }
}

function openServerHome(directory: string): ServerHome {
  const packsDirectory = join(directory, "packs");
  const databaseFile = join(directory, "berth.sqlite");
  try {
    // Private: the files of unreleased software lie here.
    mkdirSync(packsDirectory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw homeUnwritable(directory, cause);
  }
  // Packs are published under a database alone. An empty one beside them was lost, and with it the server_id that must never change (INST-020).
  const hasPacks = readdirSync(packsDirectory).some((name) => name.endsWith(".pack"));
  return { directory, databaseFile, packsDirectory, database: openDatabase(databaseFile, { canBeNew: !hasPacks }) };
}

function isOfFilesBelow(directory: string, error: unknown): boolean {
  return (
    error instanceof Error &&
    "syscall" in error &&
    "path" in error &&
    String(error.path).startsWith(join(directory, sep))
  );
}
