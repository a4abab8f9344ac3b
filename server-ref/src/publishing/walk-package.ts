import { type BigIntStats, type Dirent, constants as fs } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { checkPath } from "@berth/proto/rules/path";
import { createPathSet } from "@berth/proto/rules/path-set";
import { compareUtf8 } from "@berth/proto/rules/utf8-order";
import {
  linkDangling,
  packageDirectoryUnreadable,
  packageInvalid,
  packageUnreadable,
  pathRefused,
} from "../errors/package-failures.ts";
import { modificationTimeMs, stampOf } from "./file-stamp.ts";

/** A file of a package as it lies on the disk. */
export interface SourceFile {
  /** Its path in the package, `/`-separated; no agent refuses it. */
  readonly path: string;
  /** Where it is read: for a symbolic link, what it leads to. */
  readonly location: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
  /** Its modification time in milliseconds since 1970 (LEG-031). */
  readonly modifiedMs: number;
  /** What differs once the file has changed. */
  readonly stamp: string;
}

/**
 * Lists the regular files below a directory in the order of their paths' bytes. Symbolic links are followed to their content while that lies in the package.
 * Throws a `Failure` for the first thing that cannot be published: a path that agents refuse (SYNC-019), a link that leads out, a socket or device, what cannot be
 * read, and a directory without a file.
 */
export async function walkPackage(directory: string): Promise<SourceFile[]> {
  const root = await resolveDirectory(directory);
  const files: SourceFile[] = [];
  await walk(root, "", [root]);
  if (files.length === 0)
    throw packageInvalid(`${JSON.stringify(directory)} has no file in it; a package has at least one.`, "SYNC-001");
  files.sort((a, b) => compareUtf8(a.path, b.path));
  refuseCollisions(files);
  return files;

  // `chain` holds the real directories on the way here: a link to one of them would never end.
  async function walk(folder: string, prefix: string, chain: readonly string[]): Promise<void> {
    for (const entry of await read(prefix || directory, () =>
      readdir(folder, { withFileTypes: true, encoding: "buffer" }),
    )) {
      const path = prefix + decodeName(entry, prefix);
      const location = entry.isSymbolicLink()
        ? await followLink(join(folder, entry.name.toString()), path)
        : join(folder, entry.name.toString());
      const stats = await read(path, () => stat(location, { bigint: true }));
      if (stats.isDirectory()) {
        const real = await read(path, () => realpath(location));
        if (chain.includes(real))
          throw packageInvalid(`The link ${JSON.stringify(path)} leads back to a folder it lies in.`);
        await walk(location, `${path}/`, [...chain, real]);
      } else {
        files.push(describe(path, location, stats));
      }
    }
  }

  async function followLink(link: string, path: string): Promise<string> {
    const target = await read(path, () => realpath(link), linkDangling);
    if (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
      throw packageInvalid(`The link ${JSON.stringify(path)} leads out of the package, to ${target}.`);
    }
    return target;
  }
}

async function resolveDirectory(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    const stats = await stat(root);
    if (stats.isDirectory()) return root;
  } catch (cause) {
    throw packageDirectoryUnreadable(directory, cause);
  }
  throw packageInvalid(`${JSON.stringify(directory)} is not a directory.`);
}

function describe(path: string, location: string, stats: BigIntStats): SourceFile {
  if (!stats.isFile())
    throw packageInvalid(`${JSON.stringify(path)} is not a regular file (a socket, pipe or device).`);
  const fault = checkPath(path);
  if (fault) throw pathRefused(fault);
  const executable = (Number(stats.mode) & (fs.S_IXUSR | fs.S_IXGRP | fs.S_IXOTH)) !== 0;
  const modifiedMs = modificationTimeMs(stats);
  if (!Number.isSafeInteger(modifiedMs))
    throw packageInvalid(`The modification time of ${JSON.stringify(path)} lies too far away to be stored.`, "LEG-031");
  return { path, location, sizeBytes: Number(stats.size), executable, modifiedMs, stamp: stampOf(stats) };
}

function refuseCollisions(files: readonly SourceFile[]): void {
  const paths = createPathSet();
  for (const { path } of files) {
    const fault = paths.add(path);
    if (fault) throw pathRefused(fault);
  }
}

// As text, a name that is not UTF-8 would turn into another name without a word.
function decodeName(entry: Dirent<Buffer>, prefix: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(entry.name);
  } catch {
    throw packageInvalid(
      `A name in ${prefix === "" ? "the package" : JSON.stringify(prefix)} is not UTF-8: ${JSON.stringify(entry.name.toString("latin1"))}.`,
    );
  }
}

async function read<Result>(
  path: string,
  work: () => Promise<Result>,
  whenMissing?: (path: string) => Error,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw isMissing && whenMissing ? whenMissing(path) : packageUnreadable(path, cause);
  }
}
