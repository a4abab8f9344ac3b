import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { isPackageName } from "@berth/proto/rules/package-name";
import { checkPath } from "@berth/proto/rules/path";
import { isMissing } from "../errors/storage-errors.ts";
import { inParallel } from "../storage/in-parallel.ts";
import { readModifiedMs } from "./modification-time.ts";
import { KIND_DIRECTORIES, type TreePackageKind, type TreePlace } from "./tree-place.ts";

/** A file as it stands in a tree. */
export interface TreeFile extends TreePlace {
  readonly modifiedMs: bigint;
}

/**
 * Every file of a tree, package by package (LEG-020). What a host left there and no server could have sent is not listed: links, and names
 * that the rules refuse.
 */
export async function* listTree(treeDirectory: string): AsyncGenerator<TreeFile[]> {
  for (const kind of Object.keys(KIND_DIRECTORIES) as TreePackageKind[]) {
    const kindDirectory = path.join(treeDirectory, KIND_DIRECTORIES[kind]);
    if (!(await isFolder(treeDirectory)) || !(await isFolder(kindDirectory))) continue;
    for (const entry of await entriesOf(kindDirectory)) {
      if (entry.isDirectory() && isPackageName(entry.name)) yield await listPackage(kindDirectory, kind, entry.name);
    }
  }
}

async function listPackage(kindDirectory: string, kind: TreePackageKind, name: string): Promise<TreeFile[]> {
  const packageDirectory = path.join(kindDirectory, name);
  const files: TreeFile[] = [];
  const entries = (await entriesOf(packageDirectory, true)).filter((entry) => entry.isFile());
  await inParallel(entries, async (entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const relativePath = path.relative(packageDirectory, file).replaceAll(path.sep, "/");
    if (checkPath(relativePath) !== undefined) return;
    try {
      files.push({ kind, name, path: relativePath, modifiedMs: readModifiedMs(await lstat(file, { bigint: true })) });
    } catch (error) {
      // A host can remove what it likes while the tree is listed.
      if (!isMissing(error)) throw error;
    }
  });
  return files;
}

/** Whether it is a folder, and no link to one. */
async function isFolder(directory: string): Promise<boolean> {
  try {
    return (await lstat(directory)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function entriesOf(directory: string, recursive = false) {
  try {
    return await readdir(directory, { withFileTypes: true, recursive });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
