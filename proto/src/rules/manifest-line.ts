import { EMPTY_CONTENT_DIGEST } from "./digest.ts";
import type { ManifestFile, Package } from "./manifest-types.ts";
import { isPackageName, isPackageVersion } from "./package-name.ts";

/** What one line after the first says by itself, or why it is not canonical (SYNC-001). Its path is not checked yet. */
export type ManifestLine =
  | { kind: "package"; package: Package }
  | { kind: "file"; file: ManifestFile }
  | { kind: "fault"; message: string };

const FILE_LINE = /^(?<kind>file|exec) (?<digest>[0-9a-f]{64}) (?<size>0|[1-9][0-9]{0,15}) (?<path>.*)$/s;
const EXTENSION_LINE = /^extension (?<name>[^ ]*) (?<version>[^ ]*)$/s;
const HOST_LINE = /^host (?<name>[^ ]*) (?<version>[^ ]*) (?<entry>.*)$/s;

/** Reads one line, without its line feed. A package comes back without files. */
export function parseManifestLine(line: string): ManifestLine {
  const file = FILE_LINE.exec(line)?.groups;
  if (file) return parseFile(file.kind!, file.digest!, Number(file.size), file.path!);

  const extension = EXTENSION_LINE.exec(line)?.groups;
  if (extension)
    return parsePackage({ kind: "extension", name: extension.name!, version: extension.version!, files: [] });

  const host = HOST_LINE.exec(line)?.groups;
  if (host) {
    return parsePackage({ kind: "host", name: host.name!, version: host.version!, entry: host.entry!, files: [] });
  }
  return fault("The line is neither a package line nor a file line.");
}

function parseFile(kind: string, digest: string, sizeBytes: number, path: string): ManifestLine {
  if (!Number.isSafeInteger(sizeBytes)) return fault("The size is not below 2^53.");
  // No file has one without the other, and an agent makes the content of no bytes itself.
  if ((sizeBytes === 0) !== (digest === EMPTY_CONTENT_DIGEST)) {
    return fault("The size is zero without the digest of no bytes, or the reverse.");
  }
  return { kind: "file", file: { path, digest, sizeBytes, executable: kind === "exec" } };
}

function parsePackage(one: Package): ManifestLine {
  if (!isPackageName(one.name)) return fault("The name of the package is outside its grammar.");
  if (!isPackageVersion(one.version)) return fault("The version of the package is outside its grammar.");
  return { kind: "package", package: one };
}

function fault(message: string): ManifestLine {
  return { kind: "fault", message };
}
