import { foldCase } from "./case-fold.ts";
import type { PathFault } from "./path.ts";
import { quoted } from "./quoted.ts";

/**
 * The paths of one package, held against each other (SYNC-015).
 */
export interface PathSet {
  /**
   * Adds a path that passed `checkPath`. Returns the fault, and adds nothing, when it and an earlier one are equal under simple case
   * folding, or one is a folder of the other under it.
   */
  add(path: string): PathFault | undefined;
}

/** A new set without paths. Takes time and memory in proportion to the paths' length, whatever their order. */
export function createPathSet(): PathSet {
  return new FoldedPathSet();
}

class FoldedPathSet implements PathSet {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  add(path: string): PathFault | undefined {
    const folded = foldCase(path);
    if (this.#files.has(folded)) return collision(path, "is equal to another path of the package but for case");
    if (this.#folders.has(folded)) return collision(path, "is a folder of another path of the package");

    const newFolders: string[] = [];
    // A folder that is known has passed with all the folders above it, so most paths end this loop at once.
    for (let folder = parentOf(folded); folder !== "" && !this.#folders.has(folder); folder = parentOf(folder)) {
      if (this.#files.has(folder)) return collision(path, "has a folder that is a file of the package");
      newFolders.push(folder);
    }
    this.#files.add(folded);
    for (const folder of newFolders) this.#folders.add(folder);
    return undefined;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function collision(path: string, what: string): PathFault {
  return { rule: "collision", clause: "SYNC-015", message: `The path ${quoted(path)} ${what}.` };
}
