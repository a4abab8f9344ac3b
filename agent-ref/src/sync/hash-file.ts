import { createHash, type Hash, hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { isMissing } from "../errors/storage-errors.ts";

const WHOLE_READ_BYTES = 1024 * 1024;

/** The SHA-256 of a file's content in hexadecimal digits. `sizeBytes` only decides how it is read. */
export async function hashFile(file: string, sizeBytes: number): Promise<string> {
  if (sizeBytes <= WHOLE_READ_BYTES) return hash("sha256", await readFile(file), "hex");
  return (await hashPrefix(file, Number.POSITIVE_INFINITY)).digest("hex");
}

/** A SHA-256 that has taken in the first `lengthBytes` of a file and can go on. */
export async function hashPrefix(file: string, lengthBytes: number): Promise<Hash> {
  const sum = createHash("sha256");
  const pieces = createReadStream(file, { end: lengthBytes - 1, highWaterMark: WHOLE_READ_BYTES });
  for await (const piece of pieces) sum.update(piece as Buffer);
  return sum;
}

/**
 * The same, or undefined for a file that the disk cannot give. It is as good as absent and is asked for again; that it is, its sender
 * will see.
 */
export async function hashIfReadable(file: string, sizeBytes: number): Promise<string | undefined> {
  try {
    return await hashFile(file, sizeBytes);
  } catch (error) {
    if (isMissing(error) || isUnreadable(error)) return undefined;
    throw error;
  }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EIO" || error.code === "EACCES");
}
