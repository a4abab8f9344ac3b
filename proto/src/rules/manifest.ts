import type { Content, Manifest } from "./manifest-types.ts";

export { formatManifest } from "./manifest-format.ts";
export { type ManifestFault, type ParsedManifest, parseManifest } from "./manifest-parse.ts";
export type { Content, ExtensionPackage, HostPackage, Manifest, ManifestFile, Package } from "./manifest-types.ts";

/** The number of files of all packages, which `max_files` limits (SYNC-033). */
export function countFiles(manifest: Manifest): number {
  return manifest.packages.reduce((count, { files }) => count + files.length, 0);
}

/**
 * The sum of all file sizes, which `instance_quota_bytes` limits (SYNC-033): a content that stands at several paths counts at each. A
 * bigint, because sizes below 2^53 can sum to more than a number holds exactly.
 */
export function sumFileBytes(manifest: Manifest): bigint {
  let sum = 0n;
  for (const { files } of manifest.packages) {
    for (const { sizeBytes } of files) sum += BigInt(sizeBytes);
  }
  return sum;
}

/** Every content once, in the order of first appearance (SYNC-036), the content of no bytes among them. */
export function distinctContents(manifest: Manifest): Content[] {
  const contents = new Map<string, Content>();
  for (const { files } of manifest.packages) {
    for (const { digest, sizeBytes } of files) {
      if (!contents.has(digest)) contents.set(digest, { digest, sizeBytes });
    }
  }
  return [...contents.values()];
}
