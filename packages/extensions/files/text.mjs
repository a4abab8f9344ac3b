import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { inWords } from "./paths.mjs";

/** Reads a text file. Throws when it is missing, or is no UTF-8: a binary file would come back changed. */
export async function readText(file) {
  let bytes;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new Error(`${file} cannot be read: ${inWords(error)}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${file} is no text in UTF-8`);
  }
}

/** Writes the file whole or not at all, and keeps its permissions when it was there. */
export async function writeText(file, text) {
  const temporary = `${file}.${process.pid}.new`;
  try {
    const mode = await stat(file).then(
      (found) => found.mode & 0o777,
      () => 0o644,
    );
    await writeFile(temporary, text, { mode });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new Error(`${file} cannot be written: ${inWords(error)}`);
  }
}
