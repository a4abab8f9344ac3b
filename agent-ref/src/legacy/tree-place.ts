import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { foldAscii } from "@berth/proto/rules/ascii";
import { isMissing } from "../errors/storage-errors.ts";

/** What a package of a tree is for. */
export type TreePackageKind = "extension" | "host";

/** A file by its package and its path in it. Name and path passed their rules (SYNC-001, LEG-023). */
export interface TreePlace {
  readonly kind: TreePackageKind;
  readonly name: string;
  /** Separated by "/". */
  readonly path: string;
}

/** The directory of a tree that holds one directory for each package of a kind (LEG-044). */
export const KIND_DIRECTORIES: Readonly<Record<TreePackageKind, string>> = { extension: "extensions", host: "hosts" };

/** What stands at a place, and what the place is called on the disk. */
export interface Standing {
  /** The absolute path. */
  readonly file: string;
  /** "beyond" is a place that cannot be, because something that is no folder stands where one of its folders would. */
  readonly what: "nothing" | "file" | "folder" | "other" | "beyond";
  /** The rights of a file, zero otherwise. */
  readonly mode: number;
}

/**
 * Looks what stands at a place of the tree, following no link: one in the way is no folder, whatever it points to. Packages whose names
 * are equal without ASCII case are one, called as it was called first, because some file systems could not hold two.
 */
export async function lookAt(treeDirectory: string, place: TreePlace): Promise<Standing> {
  const kindDirectory = path.join(treeDirectory, KIND_DIRECTORIES[place.kind]);
  const name = await spellingOnDisk(kindDirectory, place.name);
  const segments = [name, ...place.path.split("/")];
  const file = path.join(kindDirectory, ...segments);
  const folders = segments.map((_, depth) => path.join(kindDirectory, ...segments.slice(0, depth)));
  for (const folder of [treeDirectory, ...folders]) {
    const what = await kindOf(folder);
    if (what.what === "nothing") return { file, ...what };
    if (what.what !== "folder") return { file, what: "beyond", mode: 0 };
  }
  return { file, ...(await kindOf(file)) };
}

async function spellingOnDisk(kindDirectory: string, name: string): Promise<string> {
  const names = await namesIn(kindDirectory);
  if (names.includes(name)) return name;
  const folded = foldAscii(name);
  return names.find((one) => foldAscii(one) === folded) ?? name;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function kindOf(file: string): Promise<Omit<Standing, "file">> {
  try {
    const found = await lstat(file);
    if (found.isFile()) return { what: "file", mode: found.mode };
    return { what: found.isDirectory() ? "folder" : "other", mode: 0 };
  } catch (error) {
    if (isMissing(error)) return { what: "nothing", mode: 0 };
    throw error;
  }
}
