import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** The files at or below `root`, in the order of their paths. Throws an error that names what cannot be read. */
export async function filesBelow(root) {
  try {
    if (!(await stat(root)).isDirectory()) return [root];
    const entries = await readdir(root, { withFileTypes: true });
    const below = await Promise.all(
      entries
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((entry) => {
          const file = path.join(root, entry.name);
          if (entry.isDirectory()) return filesBelow(file);
          return entry.isFile() ? [file] : [];
        }),
    );
    return below.flat();
  } catch (error) {
    throw error.code === undefined ? error : new Error(`${root} cannot be read: ${inWords(error)}`);
  }
}

/** What a failure of the file system means, without its call and path. */
export function inWords(error) {
  const words = {
    ENOENT: "it does not exist",
    EACCES: "access is denied",
    EPERM: "access is denied",
    EISDIR: "it is a directory",
    ENOTDIR: "a part of the path is no directory",
    ENOSPC: "the disk is full",
  };
  return words[error.code] ?? error.message;
}
