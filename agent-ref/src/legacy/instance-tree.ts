import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { isPackageName } from "@berth/proto/rules/package-name";
import { checkPath } from "@berth/proto/rules/path";
import { isExecutable } from "../sync/placement.ts";
import { createTurns } from "../sync/turns.ts";
import { beginFileUpdate, type FileUpdate, type NewFile } from "./file-update.ts";
import { listTree, type TreeFile } from "./tree-listing.ts";
import { KIND_DIRECTORIES, lookAt, type TreePlace } from "./tree-place.ts";

/** The files of one instance in the dialects 1 and 44: one tree that every update changes in place. It is made by the first update. */
export interface InstanceTree {
  /** The absolute path of its directory, which need not exist. */
  readonly directory: string;
  /** Every file, in groups of any size (LEG-020). */
  list(): AsyncGenerator<TreeFile[]>;
  /** Begins an update of the file at a place. Throws PATH_REFUSED or MALFORMED_REQUEST. */
  beginUpdate(place: TreePlace, newFile: NewFile): Promise<FileUpdate>;
  /** The absolute path of a host's entry point; undefined when there is no such host, or no executable file at that path of it (LEG-041). */
  findEntry(host: string, entry: string): Promise<string | undefined>;
  /** The absolute path of the directory that holds one directory for each extension; it exists from now on (LEG-044). */
  extensionsDirectory(): Promise<string>;
}

/** Opens the tree below an instance's directory, and removes what broken updates left. Throws when the disk fails. */
export async function openInstanceTree(instanceDirectory: string): Promise<InstanceTree> {
  const directory = path.join(instanceDirectory, "tree");
  const incomingDirectory = path.join(instanceDirectory, "incoming");
  await rm(incomingDirectory, { recursive: true, force: true });
  const places = { treeDirectory: directory, incomingDirectory, turns: createTurns() };
  return {
    directory,
    list: () => listTree(directory),
    beginUpdate: (place, newFile) => beginFileUpdate(places, place, newFile),
    async findEntry(host, entry) {
      if (!isPackageName(host) || checkPath(entry) !== undefined) return undefined;
      const { file, what, mode } = await lookAt(directory, { kind: "host", name: host, path: entry });
      return what === "file" && isExecutable(mode) ? file : undefined;
    },
    async extensionsDirectory() {
      const extensions = path.join(directory, KIND_DIRECTORIES.extension);
      await mkdir(extensions, { recursive: true });
      return extensions;
    },
  };
}
