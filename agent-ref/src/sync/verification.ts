import path from "node:path";
import { inParallel } from "../storage/in-parallel.ts";
import { hashIfReadable } from "./hash-file.ts";
import { directoriesOf, isExecutable, MANIFEST_FILE, type PlacedFile } from "./placement.ts";
import { readTree } from "./tree.ts";

/** What a comparison of a generation's directory with its manifest found (HS-025). */
export interface Verification {
  /** Whether exactly the manifest's files are there, with its contents (SYNC-054). */
  readonly whole: boolean;
  /** The files that are as the manifest wants them. */
  readonly intact: readonly PlacedFile[];
}

/** Compares every file of a generation's directory with the manifest, content included. */
export async function verifyTree(directory: string, files: readonly PlacedFile[]): Promise<Verification> {
  const tree = await readTree(directory);
  const intact: PlacedFile[] = [];
  await inParallel(files, async (file) => {
    const found = tree.files.get(file.relativePath);
    if (found?.sizeBytes !== file.sizeBytes || isExecutable(found.mode) !== file.executable) return;
    if ((await hashIfReadable(path.join(directory, file.relativePath), file.sizeBytes)) === file.digest)
      intact.push(file);
  });

  const named = new Set(files.map((file) => file.relativePath)).add(MANIFEST_FILE);
  const directories = new Set(directoriesOf(files));
  const whole =
    intact.length === files.length &&
    tree.others.length === 0 &&
    [...tree.files.keys()].every((file) => named.has(file)) &&
    tree.directories.length === directories.size &&
    tree.directories.every((one) => directories.has(one));
  return { whole, intact };
}
