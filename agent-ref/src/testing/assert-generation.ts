import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { readTree } from "../sync/tree.ts";
import type { Sample } from "./sample.ts";

/** Compares a generation's directory with a sample: exactly its files, byte for byte. */
export async function assertGeneration(directory: string, sample: Sample): Promise<void> {
  const tree = await readTree(directory);
  assert.deepEqual([...tree.files.keys()].sort(), ["manifest", ...sample.files.keys()].sort());
  assert.deepEqual(tree.others, []);
  for (const [file, content] of [["manifest", sample.bytes] as const, ...sample.files]) {
    assert.ok((await readFile(path.join(directory, file))).equals(content), `${file} has another content`);
  }
}

/** Where an agent keeps a generation of the instance of that name. */
export function generationDirectory(root: string, instanceName: string, sample: Pick<Sample, "digest">): string {
  return path.join(root, "instances", ...instanceName.split("/"), "generations", sample.digest.toString("hex"));
}
