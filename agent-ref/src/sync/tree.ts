import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { inParallel } from "../storage/in-parallel.ts";

/** A file found on the disk. */
export interface FoundFile {
  readonly relativePath: string;
  readonly sizeBytes: number;
  readonly mode: number;
  /** How many names the file has. */
  readonly links: number;
}

/** What is below a directory. Paths are relative to it. */
export interface Tree {
  readonly files: ReadonlyMap<string, FoundFile>;
  readonly directories: readonly string[];
  /** What is neither a file nor a directory, such as a symbolic link. */
  readonly others: readonly string[];
}

/** Lists everything below `root` without following links. Throws when it is not there. */
export async function readTree(root: string): Promise<Tree> {
  const found: string[] = [];
  const directories: string[] = [];
  const others: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const relativePath = path.relative(root, path.join(entry.parentPath, entry.name));
    if (entry.isFile()) found.push(relativePath);
    else if (entry.isDirectory()) directories.push(relativePath);
    else others.push(relativePath);
  }

  const files = new Map<string, FoundFile>();
  await inParallel(found, async (relativePath) => {
    const { size, mode, nlink } = await lstat(path.join(root, relativePath));
    files.set(relativePath, { relativePath, sizeBytes: size, mode, links: nlink });
  });
  return { files, directories, others };
}
