import path from "node:path";
import type { Generation } from "@berth/agent/dist/sync/generation.js";

/** A generation without a host that nobody has looked at: whether its files are in the directory is left open. */
export function unprovenGeneration(digest: Uint8Array, directory: string): Generation {
  const extensionsDirectory = path.join(directory, "extensions");
  return { manifestDigest: Buffer.from(digest), directory, extensionsDirectory, host: undefined, hold: () => () => {} };
}
