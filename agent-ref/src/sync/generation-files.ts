import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Manifest, parseManifest } from "@berth/proto/rules/manifest";
import { isMissing } from "../errors/storage-errors.ts";
import type { GenerationHost } from "./generation.ts";
import { MANIFEST_FILE, packageDirectory } from "./placement.ts";

/** Reads the manifest a generation's directory holds; undefined when it is absent or not the one of that digest. */
export async function readGenerationManifest(directory: string, digest: string): Promise<Manifest | undefined> {
  try {
    const bytes = await readFile(path.join(directory, MANIFEST_FILE));
    if (hash("sha256", bytes, "hex") !== digest) return undefined;
    const parsed = parseManifest(bytes);
    return parsed.ok ? parsed.manifest : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The host of a generation, as what starts operations needs it (OP-050). */
export function hostOf(directory: string, manifest: Manifest): GenerationHost | undefined {
  const host = manifest.packages.find((one) => one.kind === "host");
  if (!host) return undefined;
  const entryPath = path.join(directory, packageDirectory(host), ...host.entry.split("/"));
  return { name: host.name, version: host.version, entryPath };
}
