import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { changeDirectoryOf, overwrite } from "./write-protected.ts";

/** HS-025: what can happen to a content on the disk while the agent is away, by what is said of it. The file has to have bytes. */
export const CONTENT_DAMAGES: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "one changed byte": (path) => rewrite(path, withChangedByte),
  "one byte less": (path) => rewrite(path, (bytes) => bytes.subarray(0, -1)),
  "one byte more": (path) => rewrite(path, (bytes) => Buffer.concat([bytes, Buffer.from("x")])),
  "a file without bytes": (path) => cutShort(path, 0),
  "a file that is gone": (path) => removeFromDisk(path),
};

/** SYNC-055: leaves only the beginning of a file: a share of its bytes, from 0 to 1. */
export function cutShort(path: string, share: number): Promise<void> {
  return rewrite(path, (bytes) => bytes.subarray(0, bytes.length * share));
}

/** SYNC-054: puts a file that no manifest names into the directory of another. */
export function addFileBeside(path: string): Promise<void> {
  return changeDirectoryOf(path, () => writeFile(join(dirname(path), "added.txt"), "nobody named this"));
}

/** SYNC-055: takes a file, or a directory with all that is in it, from the disk. */
export function removeFromDisk(path: string): Promise<void> {
  return changeDirectoryOf(path, () => rm(path, { recursive: true }));
}

async function rewrite(path: string, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  await overwrite(path, change(await readFile(path)));
}

function withChangedByte(bytes: Buffer): Buffer {
  const middle = Math.floor(bytes.length / 2);
  return Buffer.from(bytes).fill(~bytes[middle]!, middle, middle + 1);
}
