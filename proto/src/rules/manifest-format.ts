import { isDigestText } from "./digest.ts";
import type { Manifest, ManifestFile, Package } from "./manifest-types.ts";
import { isPackageName, isPackageVersion } from "./package-name.ts";
import { checkPath } from "./path.ts";
import { quoted } from "./quoted.ts";
import { compareUtf8 } from "./utf8-order.ts";

/** The first line of every manifest. */
export const MANIFEST_HEADER = "berth-manifest 1";

/**
 * Writes the canonical text of a manifest (SYNC-001), packages and files in canonical order whatever their order here.
 *
 * Throws a RangeError when a field is outside its grammar, because a line feed in a path would write lines of its own. What only shows
 * between lines (two hosts, paths that collide, an entry point that is no file) is for `parseManifest` to find in the result.
 */
export function formatManifest(manifest: Manifest): Uint8Array {
  const lines = [MANIFEST_HEADER];
  for (const one of manifest.packages.toSorted(comparePackages)) {
    lines.push(formatPackage(one));
    for (const file of one.files.toSorted((a, b) => compareUtf8(a.path, b.path))) lines.push(formatFile(file));
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** Canonical order of packages: by kind, then by the bytes of the name. */
export function comparePackages(a: Package, b: Package): number {
  if (a.kind !== b.kind) return a.kind === "extension" ? -1 : 1;
  return compareUtf8(a.name, b.name);
}

function formatPackage(one: Package): string {
  if (!isPackageName(one.name)) throw new RangeError(`${quoted(one.name)} is no package name`);
  if (!isPackageVersion(one.version)) throw new RangeError(`${quoted(one.version)} is no package version`);
  const line = `${one.kind} ${one.name} ${one.version}`;
  return one.kind === "host" ? `${line} ${checkedPath(one.entry)}` : line;
}

function formatFile({ path, digest, sizeBytes, executable }: ManifestFile): string {
  if (!isDigestText(digest)) throw new RangeError(`${quoted(digest)} is no digest`);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw new RangeError(`${sizeBytes} is no size`);
  return `${executable ? "exec" : "file"} ${digest} ${sizeBytes} ${checkedPath(path)}`;
}

function checkedPath(path: string): string {
  const fault = checkPath(path);
  if (fault) throw new RangeError(fault.message);
  return path;
}
