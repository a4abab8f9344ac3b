import { chmod, mkdir, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { type Content, distinctContents, type Manifest } from "@berth/proto/rules/manifest";
import { inParallel } from "../storage/in-parallel.ts";
import type { ContentSources } from "./content-sources.ts";
import { hashFile } from "./hash-file.ts";
import { directoriesOf, finalMode, isExecutable, MANIFEST_FILE, type PlacedFile, placeFiles } from "./placement.ts";
import { type FoundFile, readTree } from "./tree.ts";

/** A content that has to be sent. */
export interface MissingContent extends Content {
  /** How many of its first bytes are there already (SYNC-060). */
  readonly heldBytes: number;
  /** Where it is put; the manifest's other files with this content are made from it. */
  readonly file: PlacedFile;
}

/** The directory in which a generation comes together: every file stands where it will stand in the end. */
export interface Staging {
  readonly directory: string;
  readonly files: readonly PlacedFile[];
  readonly directories: readonly string[];
  /** The files that are there, whole and compared with their digest. */
  readonly intact: ReadonlySet<PlacedFile>;
  /** What has to be sent, in the order of first appearance in the manifest (SYNC-036). */
  readonly missing: readonly MissingContent[];
}

/**
 * Opens the staging of a manifest and takes stock of what an earlier sync left there (SYNC-060): whole files are compared with their
 * digest, a shorter one counts as the beginning of its content, and everything else is removed.
 */
export async function openStaging(directory: string, manifest: Manifest, sources: ContentSources): Promise<Staging> {
  await mkdir(directory, { recursive: true });
  const now = new Date();
  await utimes(directory, now, now); // marks the staging as alive

  const files = placeFiles(manifest);
  const placeOf = new Map(files.map((file) => [file.relativePath, file]));
  const tree = await readTree(directory);
  const remove = (relativePath: string) => rm(path.join(directory, relativePath), { force: true, recursive: true });
  const directories = directoriesOf(files);
  const wantedDirectories = new Set(directories);
  await inParallel(tree.others, remove);
  await inParallel(
    tree.directories.filter((one) => !wantedDirectories.has(one)),
    remove,
  );

  const intact = new Set<PlacedFile>();
  const begun = new Map<PlacedFile, FoundFile>();
  await inParallel(tree.files.values(), async (found) => {
    const place = placeOf.get(found.relativePath);
    if (place && (await settle(directory, place, found))) intact.add(place);
    else if (place && found.links === 1 && found.sizeBytes > 0 && found.sizeBytes < place.sizeBytes) {
      // A file that was whole once and was cut short since has lost the right to be written.
      await chmod(path.join(directory, found.relativePath), 0o600);
      begun.set(place, found);
    } else await remove(found.relativePath);
  });
  for (const one of directories) await mkdir(path.join(directory, one), { recursive: true });

  const there = new Set([...intact].map((file) => file.digest));
  const places = firstPlaces(files);
  const missing = distinctContents(manifest)
    .filter(({ digest, sizeBytes }) => sizeBytes > 0 && !there.has(digest) && !sources.has(digest))
    .map((content) => {
      const file = places.get(content.digest)!;
      return { ...content, file, heldBytes: begun.get(file)?.sizeBytes ?? 0 };
    });
  const continued = new Set(missing.map(({ file }) => file));
  await inParallel(
    [...begun.keys()].filter((file) => !continued.has(file)),
    (file) => remove(file.relativePath),
  );
  return { directory, files, directories, intact, missing };
}

/** Whether a found file is whole; if so, it has its final rights afterwards. */
async function settle(directory: string, place: PlacedFile, found: FoundFile): Promise<boolean> {
  if (found.sizeBytes !== place.sizeBytes) return false;
  const file = path.join(directory, place.relativePath);
  const wrongRights = isExecutable(found.mode) !== place.executable || (found.mode & 0o222) !== 0;
  // Rights belong to the file, not to its name: changing them here would change them in the generation it is shared with.
  if (wrongRights && found.links > 1) return false;
  if ((await hashFile(file, found.sizeBytes)) !== place.digest) return false;
  if (wrongRights) await chmod(file, finalMode(place));
  return true;
}

/** For each content, the first file that has it. */
function firstPlaces(files: readonly PlacedFile[]): Map<string, PlacedFile> {
  const places = new Map<string, PlacedFile>();
  for (const file of files) if (!places.has(file.digest)) places.set(file.digest, file);
  return places;
}

/** The file of the canonical manifest in a staging directory. */
export function stagedManifest(staging: Pick<Staging, "directory">): string {
  return path.join(staging.directory, MANIFEST_FILE);
}
