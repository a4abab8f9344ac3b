import { createHash, type Hash, hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";

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
