import path from "node:path";
import type { Content } from "@berth/proto/rules/manifest";
import { isMissing } from "../errors/storage-errors.ts";
import { inParallel } from "../storage/in-parallel.ts";
import type { FoundContents } from "../sync/content-sources.ts";
import { hashIfReadable } from "../sync/hash-file.ts";
import { isExecutable, type PlacedFile } from "../sync/placement.ts";
import { readTree, type Tree } from "../sync/tree.ts";

/**
 * The files of a tree that hold one of the contents, each compared with its SHA-256 (LEG-050). Modification times count for nothing here.
 * They are not immutable: what a host still writes into the tree must not reach a generation.
 */
export async function findTreeContents(treeDirectory: string, wanted: readonly Content[]): Promise<FoundContents> {
  const digests = new Set(wanted.map((content) => content.digest));
  const sizes = new Set(wanted.map((content) => content.sizeBytes));
  const tree = await treeOrNothing(treeDirectory);
  const files: PlacedFile[] = [];
  await inParallel(tree.files.values(), async ({ relativePath, sizeBytes, mode }) => {
    if (!sizes.has(sizeBytes)) return;
    const digest = await hashIfReadable(path.join(treeDirectory, relativePath), sizeBytes);
    if (digest !== undefined && digests.has(digest)) {
      files.push({ relativePath, digest, sizeBytes, executable: isExecutable(mode) });
    }
  });
  return { directory: treeDirectory, files, immutable: false };
}

async function treeOrNothing(treeDirectory: string): Promise<Tree> {
  try {
    return await readTree(treeDirectory);
  } catch (error) {
    if (isMissing(error)) return { files: new Map(), directories: [], others: [] };
    throw error;
  }
}
