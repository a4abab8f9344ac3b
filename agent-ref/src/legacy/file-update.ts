import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { isSystemError } from "../errors/storage-errors.ts";
import type { Turns } from "../sync/turns.ts";
import { modificationTimeRefused, placeTaken } from "./legacy-errors.ts";
import { setModifiedMs } from "./modification-time.ts";
import { lookAt, type Standing, type TreePlace } from "./tree-place.ts";

/** How a file will be when it is in its place. */
export interface NewFile {
  /** Milliseconds since 1970. */
  readonly modifiedMs: bigint;
  readonly executable: boolean;
}

/** A file on its way to its place. What was there stays until it is placed (LEG-022); what is not placed is gone at the end. */
export interface FileUpdate extends AsyncDisposable {
  /** Adds bytes to its content. */
  write(bytes: Uint8Array): Promise<void>;
  /** Puts it in its place by one rename (LEG-021). Throws PATH_REFUSED when another update has made that impossible meanwhile. */
  place(): Promise<void>;
}

/** Where updates are made. */
export interface UpdatePlaces {
  readonly treeDirectory: string;
  /** On the tree's file system and outside the tree, so that no host and no list sees a file that is not whole. */
  readonly incomingDirectory: string;
  /** Lets one update after the other look at the tree and change its folders. */
  readonly turns: Turns;
}

/** Begins an update. Throws PATH_REFUSED for a place that cannot be (LEG-023), and MALFORMED_REQUEST for a time the system does not take. */
export async function beginFileUpdate(places: UpdatePlaces, place: TreePlace, newFile: NewFile): Promise<FileUpdate> {
  await requirePlace(places.treeDirectory, place);
  await mkdir(places.incomingDirectory, { recursive: true, mode: 0o700 });
  const temporary = path.join(places.incomingDirectory, randomUUID());
  const update = new TemporaryFile(places, place, newFile, temporary, await open(temporary, "wx", 0o600));
  try {
    await update.setModified();
    return update;
  } catch (error) {
    await update[Symbol.asyncDispose]();
    throw error;
  }
}

class TemporaryFile implements FileUpdate {
  readonly #places: UpdatePlaces;
  readonly #place: TreePlace;
  readonly #newFile: NewFile;
  readonly #temporary: string;
  #handle: FileHandle | undefined;

  constructor(places: UpdatePlaces, place: TreePlace, newFile: NewFile, temporary: string, handle: FileHandle) {
    this.#places = places;
    this.#place = place;
    this.#newFile = newFile;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  async setModified(): Promise<void> {
    if (!(await setModifiedMs(this.#handle!, this.#newFile.modifiedMs))) throw modificationTimeRefused();
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#handle!.write(bytes, written);
      written += bytesWritten;
    }
  }

  async place(): Promise<void> {
    await this.#handle!.chmod(this.#newFile.executable ? 0o755 : 0o644);
    await this.setModified();
    // Only its time tells whether it is stale, so it must not get its place before its content is sure.
    await this.#handle!.sync();
    await this.#close();

    using _turn = await this.#places.turns.take(this.#places.treeDirectory);
    const { file } = await requirePlace(this.#places.treeDirectory, this.#place);
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await rename(this.#temporary, file);
    } catch (error) {
      // What stood there can change even here: hosts write where they like.
      if (isSystemError(error) && IN_THE_WAY.has(String(error.code))) throw placeTaken(this.#place.path);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    await rm(this.#temporary, { force: true });
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

const IN_THE_WAY = new Set(["EEXIST", "ENOTDIR", "EISDIR", "ENOTEMPTY"]);

async function requirePlace(treeDirectory: string, place: TreePlace): Promise<Standing> {
  const standing = await lookAt(treeDirectory, place);
  if (standing.what === "folder" || standing.what === "beyond") throw placeTaken(place.path);
  return standing;
}
