import { randomUUID } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { isPackageName, isPackageVersion } from "@berth/proto/rules/package-name";
import { packageInvalid } from "../errors/package-failures.ts";
import { inTransaction } from "../home/database.ts";
import { findPackage, markLoaded, type PackageKey, requireNewPackage, type StoredPackage } from "../home/packages.ts";
import type { ServerHome } from "../home/server-home.ts";
import type { ReportProgress } from "../progress.ts";
import { encodeSegments, type StoredFrame } from "./frame.ts";
import { removeLeftovers, temporaryPackName } from "./leftovers.ts";
import { type PublishedFile, packContents } from "./pack-contents.ts";
import { createPackWriter } from "./pack-writer.ts";
import { walkPackage } from "./walk-package.ts";

/** A package to be published from a directory. */
export interface PackageSource extends PackageKey {
  readonly directory: string;
  /** The path of the file that starts a host process; only for a host, and always for one. */
  readonly entry: string | undefined;
}

/** Everything of a pack but its bytes. */
interface PackIndex {
  readonly files: readonly PublishedFile[];
  readonly frames: readonly StoredFrame[];
  readonly packBytes: number;
}

/**
 * Publishes a package and loads it: its files are checked, hashed and packed here, once, and served from the pack ever after. It is there whole or not at
 * all, even when the program is killed. Throws a `Failure`: `invalidInput` names what is wrong with the package, `alreadyExists` the version that was added before,
 * `homeDamaged` what is wrong with the disk; and the signal's reason where it is aborted before the last file was read.
 */
export async function addPackage(
  home: ServerHome,
  source: PackageSource,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<StoredPackage> {
  checkSource(source);
  requireNewPackage(home, source);
  removeLeftovers(home);
  const sourceFiles = await walkPackage(source.directory);
  if (source.kind === "host" && !sourceFiles.some(({ path, executable }) => executable && path === source.entry)) {
    throw packageInvalid(
      `The entry ${JSON.stringify(source.entry)} is none of the package's executable files.`,
      "SYNC-001",
    );
  }

  const temporary = join(home.packsDirectory, temporaryPackName());
  try {
    const index = await writePack(temporary);
    return store(home, source, index, temporary);
  } finally {
    await rm(temporary, { force: true });
  }

  async function writePack(path: string): Promise<PackIndex> {
    await using file = await open(path, "wx", 0o600);
    const writer = createPackWriter(file, home.directory);
    const files = await packContents(sourceFiles, writer, report, signal);
    const { frames, packBytes } = await writer.finish();
    return { files, frames, packBytes };
  }
}

function checkSource({ kind, name, version, entry }: PackageSource): void {
  if (!isPackageName(name))
    throw packageInvalid(
      `${JSON.stringify(name)} is not a name of a package: 1 to 100 letters, digits, ".", "_" and "-", a letter or digit first, no dot last, and no reserved name of Windows.`,
      "SYNC-001",
    );
  if (!isPackageVersion(version)) {
    throw packageInvalid(
      `${JSON.stringify(version)} is not a version of a package: 1 to 64 letters, digits, ".", "_", "-" and "+".`,
      "SYNC-001",
    );
  }
  if (kind === "host" && entry === undefined)
    throw packageInvalid("A host needs an entry: the path of the file that starts it.", "SYNC-001");
  if (kind === "extension" && entry !== undefined) throw packageInvalid("Only a host has an entry.", "SYNC-001");
}

// The rename happens inside the transaction, so that a pack without a row is always a leftover and never somebody's work in progress.
function store(home: ServerHome, source: PackageSource, index: PackIndex, temporary: string): StoredPackage {
  const pack = `${randomUUID()}.pack`;
  const final = join(home.packsDirectory, pack);
  try {
    return inTransaction(home.database, () => {
      requireNewPackage(home, source);
      const id = insertRows(home, source, index, pack);
      markLoaded(home, { ...source, id });
      renameSync(temporary, final);
      return findPackage(home, source);
    });
  } catch (error) {
    rmSync(final, { force: true });
    throw error;
  }
}

function insertRows(
  home: ServerHome,
  source: PackageSource,
  { files, frames, packBytes }: PackIndex,
  pack: string,
): number {
  const { lastInsertRowid } = home.database
    .prepare(
      "INSERT INTO packages (kind, name, version, entry, loaded, pack, pack_bytes, added_at_ms) VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
    )
    .run(source.kind, source.name, source.version, source.entry ?? null, pack, packBytes, Date.now());
  const id = Number(lastInsertRowid);

  const insertFile = home.database.prepare(
    "INSERT INTO files (package_id, path, digest, size, executable, modified_ms) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const { path, digest, sizeBytes, executable, modifiedMs } of files)
    insertFile.run(id, path, digest, sizeBytes, executable ? 1 : 0, modifiedMs);

  const insertFrame = home.database.prepare(
    "INSERT INTO frames (package_id, number, position, length, codec, raw_size, stored_digest, segments) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  for (const [number, frame] of frames.entries()) {
    const { position, length, codec, rawSize, storedDigest, segments } = frame;
    insertFrame.run(id, number, position, length, codec, rawSize, storedDigest, encodeSegments(segments));
  }
  return id;
}
