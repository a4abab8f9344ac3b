import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { filesBelow, inWords } from "./paths.mjs";

export async function run({ values: { path: root } }) {
  for (const file of await filesBelow(root)) {
    const name = path.relative(root, file) || path.basename(file);
    console.log(`${await checksum(file)}  ${name.split(path.sep).join("/")}`);
  }
}

async function checksum(file) {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw new Error(`${file} cannot be read: ${inWords(error)}`);
  }
  return hash.digest("hex");
}
