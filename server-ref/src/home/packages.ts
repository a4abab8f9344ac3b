import { formatDigest } from "@berth/proto/rules/digest";
import type { ManifestFile, Package } from "@berth/proto/rules/manifest";
import { databaseDamaged } from "../errors/home-failures.ts";
import { packageExists, packageNotFound } from "../errors/package-failures.ts";
import { inTransaction } from "./database.ts";
import type { ServerHome } from "./server-home.ts";

export type PackageKind = Package["kind"];

/** What names one package version. Names compare without ASCII case. */
export interface PackageKey {
  readonly kind: PackageKind;
  readonly name: string;
  readonly version: string;
}

/** A published package version, without its files. */
export interface StoredPackage extends PackageKey {
  readonly id: number;
  readonly entry: string | undefined;
  /** Whether it is part of the manifest that agents are brought to. */
  readonly loaded: boolean;
  /** The name of its pack file in the packs directory. */
  readonly pack: string;
  readonly packBytes: number;
  readonly fileCount: number;
  readonly contentBytes: number;
}

/** A file of a package version. */
export interface StoredFile extends ManifestFile {
  /** The modification time it had when its package was added, in milliseconds since 1970 (LEG-031). */
  readonly modifiedMs: number;
}

const selectPackages = `
  SELECT packages.*, count(files.path) AS file_count, coalesce(sum(files.size), 0) AS content_bytes
  FROM packages LEFT JOIN files ON files.package_id = packages.id`;

/** Every package version in the order of a manifest: extensions before the host, by name; then versions as they were added. */
export function listPackages(home: ServerHome): StoredPackage[] {
  const sql = `${selectPackages} GROUP BY packages.id ORDER BY kind, name COLLATE BINARY, packages.id`;
  return home.database
    .prepare(sql)
    .all()
    .map((row) => readRow(home, row));
}

/** The package version; throws `notFound`. */
export function findPackage(home: ServerHome, key: PackageKey): StoredPackage {
  const sql = `${selectPackages} WHERE kind = ? AND name = ? AND version = ? GROUP BY packages.id`;
  const row = home.database.prepare(sql).get(key.kind, key.name, key.version);
  if (!row) throw packageNotFound(key.kind, key.name, key.version);
  return readRow(home, row);
}

/** Throws `alreadyExists` where this package version was published before. */
export function requireNewPackage(home: ServerHome, key: PackageKey): void {
  const sql = "SELECT 1 FROM packages WHERE kind = ? AND name = ? AND version = ?";
  if (home.database.prepare(sql).get(key.kind, key.name, key.version))
    throw packageExists(key.kind, key.name, key.version);
}

/** Makes this version the loaded one, in place of every other of its name; of hosts one is loaded at all (SYNC-001). */
export function usePackage(home: ServerHome, key: PackageKey): StoredPackage {
  return inTransaction(home.database, () => {
    const found = findPackage(home, key);
    markLoaded(home, found);
    return { ...found, loaded: true };
  });
}

/** The part of `usePackage` that belongs in a transaction of the caller. */
export function markLoaded(home: ServerHome, { id, kind, name }: PackageKey & { readonly id: number }): void {
  home.database
    .prepare("UPDATE packages SET loaded = 0 WHERE kind = ? AND (name = ? OR kind = 'host') AND loaded = 1")
    .run(kind, name);
  home.database.prepare("UPDATE packages SET loaded = 1 WHERE id = ?").run(id);
}

/** The files of one package, as a manifest names them, with their times. */
export function filesOf(home: ServerHome, packageId: number): StoredFile[] {
  return home.database
    .prepare("SELECT path, digest, size, executable, modified_ms FROM files WHERE package_id = ?")
    .all(packageId)
    .map(({ path, digest, size, executable, modified_ms }) => ({
      path: String(path),
      digest: formatDigest(digest as Uint8Array),
      sizeBytes: Number(size),
      executable: executable === 1,
      modifiedMs: Number(modified_ms),
    }));
}

function readRow(home: ServerHome, row: Record<string, unknown>): StoredPackage {
  const pack = String(row.pack);
  // It becomes part of a path, of a file that can be deleted.
  if (!/^[0-9a-f-]+\.pack$/.test(pack))
    throw databaseDamaged(home.databaseFile, `${JSON.stringify(pack)} is no name of a pack`);
  return {
    id: Number(row.id),
    kind: row.kind === "host" ? "host" : "extension",
    name: String(row.name),
    version: String(row.version),
    entry: row.entry === null ? undefined : String(row.entry),
    loaded: row.loaded === 1,
    pack,
    packBytes: Number(row.pack_bytes),
    fileCount: Number(row.file_count),
    contentBytes: Number(row.content_bytes),
  };
}
