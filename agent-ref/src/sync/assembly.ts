import { chmod, constants, copyFile, link, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { storageFailed } from "../errors/storage-errors.ts";
import { flushTree } from "../storage/flush.ts";
import { inParallel } from "../storage/in-parallel.ts";
import type { ContentSource, ContentSources } from "./content-sources.ts";
import { hashFile } from "./hash-file.ts";
import { finalMode, type PlacedFile } from "./placement.ts";
import { type Staging, stagedManifest } from "./staging.ts";

/**
 * Places the files that nobody has to send: those without bytes and those whose content the instance has (SYNC-036). Answers with the
 * files placed.
 */
export async function placeKnown(staging: Staging, sources: ContentSources): Promise<Set<PlacedFile>> {
  const placed = new Set<PlacedFile>();
  const open = staging.files.filter((file) => !staging.intact.has(file));
  await inParallel(open, async (file) => {
    const source = sources.find(file.digest, file.executable);
    if (source) await take(source, file, staging.directory);
    else if (file.sizeBytes === 0)
      await writeFile(path.join(staging.directory, file.relativePath), "", emptyFile(file));
    else return;
    placed.add(file);
  });
  return placed;
}

/** Places the files whose content stands at several paths and was sent once, when all of it has arrived. */
export async function placeRepeats(staging: Staging, placed: ReadonlySet<PlacedFile>): Promise<void> {
  const received = new Set(staging.missing.map(({ file }) => file));
  const isThere = (file: PlacedFile) => staging.intact.has(file) || placed.has(file) || received.has(file);
  const sources = new Map<string, ContentSource>();
  for (const file of staging.files) {
    if (!isThere(file)) continue;
    sources.set(file.digest, {
      file: path.join(staging.directory, file.relativePath),
      executable: file.executable,
      immutable: true,
    });
  }
  await inParallel(
    staging.files.filter((file) => !isThere(file)),
    (file) => take(sources.get(file.digest)!, file, staging.directory),
  );
}

/** Writes the manifest beside the files and makes all of it durable. After this, one rename makes it a generation. */
export async function seal(staging: Staging, manifestBytes: Uint8Array): Promise<void> {
  const manifest = stagedManifest(staging);
  await writeFile(manifest, manifestBytes, { flag: "wx", mode: 0o444 });
  await flushTree(
    staging.directory,
    [manifest, ...staging.files.map((file) => path.join(staging.directory, file.relativePath))],
    [staging.directory, ...staging.directories.map((one) => path.join(staging.directory, one))],
  );
}

/** A link costs nothing, but shares its rights and whatever is written through it, and not every file system can make one. */
async function take(source: ContentSource, file: PlacedFile, directory: string): Promise<void> {
  const target = path.join(directory, file.relativePath);
  const linkable = source.immutable && source.executable === file.executable;
  if (linkable && (await linked(source.file, target))) return;
  await copyFile(source.file, target, constants.COPYFILE_EXCL);
  // What could change since it was found is compared where it cannot change any more.
  if (!source.immutable && (await hashFile(target, file.sizeBytes)) !== file.digest) {
    await rm(target, { force: true });
    throw storageFailed("take a content from where it stood", new Error(`${source.file} has changed`));
  }
  await chmod(target, finalMode(file));
}

async function linked(existing: string, target: string): Promise<boolean> {
  try {
    await link(existing, target);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && CANNOT_LINK.has(String(error.code))) return false;
    throw error;
  }
}

const CANNOT_LINK = new Set(["EMLINK", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

function emptyFile(file: PlacedFile) {
  return { flag: "wx", mode: finalMode(file) };
}
