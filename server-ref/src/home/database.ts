import { DatabaseSync } from "node:sqlite";
import { Failure } from "../errors/failure.ts";
import { databaseBusy, databaseDamaged, databaseNewer, databaseUnreadable, reasonOf } from "../errors/home-failures.ts";
import { applicationId, migrations } from "./schema.ts";

/** How long a command waits for another process that is writing to the same home. */
const busyTimeoutMs = 10_000;

/**
 * Opens a server's database, makes it where it `canBeNew`, migrates it, and checks it. Several processes can have it open at once. Throws a `Failure` with
 * `homeDamaged` where it is damaged, foreign, or of a newer schema.
 */
export function openDatabase(file: string, { canBeNew }: { readonly canBeNew: boolean }): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    refuseForeign(database, file, canBeNew);
    useWriteAheadLog(database);
    migrate(database, file);
    checkIntegrity(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw asDatabaseFailure(file, error);
  }
}

/** Runs `work` in one write transaction: all of it is stored, or nothing. Waits for other writers up to the busy timeout. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Says what an error of SQLite means to an operator; any other error comes back as it is. */
export function asDatabaseFailure(file: string, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !("errcode" in error)) return error;
  switch (Number(error.errcode) & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return databaseBusy(file, error);
    case 1: // SQLITE_ERROR: a table is missing or of another shape
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return databaseDamaged(file, reasonOf(error), error);
    default:
      return databaseUnreadable(file, error);
  }
}

// The tables are counted first: another process makes them and sets the mark in one transaction, so whoever sees them sees the mark.
function refuseForeign(database: DatabaseSync, file: string, canBeNew: boolean): void {
  const isEmpty = numberOf(database, "SELECT count(*) FROM sqlite_schema") === 0;
  if (isEmpty && !canBeNew) throw databaseDamaged(file, "it is missing or empty, although the home has packages");
  if (!isEmpty && numberOf(database, "PRAGMA application_id") !== applicationId) {
    throw databaseDamaged(file, "it belongs to another program");
  }
}

// Switching is not covered by the busy timeout in every case, and is needed only once in a database's life.
function useWriteAheadLog(database: DatabaseSync): void {
  const mode = database.prepare("PRAGMA journal_mode").get();
  if (mode?.journal_mode !== "wal") database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
}

function migrate(database: DatabaseSync, file: string): void {
  const version = () => numberOf(database, "PRAGMA user_version");
  if (version() > migrations.length) throw databaseNewer(file, version(), migrations.length);
  if (version() === migrations.length) return;
  inTransaction(database, () => {
    // Asked again inside, because another process may have made the steps meanwhile.
    for (const step of migrations.slice(version())) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
  });
}

function checkIntegrity(database: DatabaseSync, file: string): void {
  const [first] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
  if (first !== "ok") throw databaseDamaged(file, String(first));
}

function numberOf(database: DatabaseSync, sql: string): number {
  const [value] = Object.values(database.prepare(sql).get() ?? {});
  return Number(value);
}
