import path from "node:path";
import type { PlacedFile } from "./placement.ts";

/** A file of the instance that holds a wanted content. */
export interface ContentSource {
  readonly file: string;
  readonly executable: boolean;
  /** False for a file that can change: it is copied, never linked, and the copy is compared. */
  readonly immutable: boolean;
}

/** Files that hold a content each, as it was found by its SHA-256. */
export interface FoundContents {
  /** The directory that the files' paths are below. */
  readonly directory: string;
  readonly files: readonly PlacedFile[];
  /** Whether the files never change. */
  readonly immutable: boolean;
}

/** Where content that needs not be sent can be taken from. */
export interface ContentSources extends Disposable {
  /** How many different contents were found. */
  readonly count: number;
  /** Tells whether the content was found. */
  has(digest: string): boolean;
  /** A file with the content, one with the same right to be executed if there is one: of those that differ in it none can be linked. */
  find(digest: string, executable: boolean): ContentSource | undefined;
  /** Takes in those of the files that are wanted, and tells whether there were any. */
  add(found: FoundContents, wanted: ReadonlySet<string>): boolean;
  /** Calls `listener` when the sources are no longer needed. */
  onDispose(listener: () => void): void;
}

/** Sources without any content yet. */
export function createContentSources(): ContentSources {
  const plain = new Map<string, ContentSource>();
  const executable = new Map<string, ContentSource>();
  const found = new Set<string>();
  const listeners: (() => void)[] = [];
  return {
    get count() {
      return found.size;
    },
    has: (digest) => found.has(digest),
    find(digest, wantsExecutable) {
      const [first, second] = wantsExecutable ? [executable, plain] : [plain, executable];
      return first.get(digest) ?? second.get(digest);
    },
    add({ directory, files, immutable }, wanted) {
      let used = false;
      for (const file of files) {
        const kind = file.executable ? executable : plain;
        if (!wanted.has(file.digest) || kind.has(file.digest)) continue;
        kind.set(file.digest, {
          file: path.join(directory, file.relativePath),
          executable: file.executable,
          immutable,
        });
        found.add(file.digest);
        used = true;
      }
      return used;
    },
    onDispose: (listener) => listeners.push(listener),
    [Symbol.dispose]() {
      for (const listener of listeners) listener();
    },
  };
}
