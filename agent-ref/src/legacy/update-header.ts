import { type FilePackage, PackageKind, type UpdateFileHeader } from "@berth/proto/messages/sync/v44/file";
import { isPackageName } from "@berth/proto/rules/package-name";
import { checkPath } from "@berth/proto/rules/path";
import { modificationTimeRefused, packageRefused, pathRefused } from "./legacy-errors.ts";
import type { TreePackageKind, TreePlace } from "./tree-place.ts";

/**
 * The place that a header names. Throws MALFORMED_REQUEST (LEG-024, and for a time before 1970) and PATH_REFUSED (LEG-023) for what can be
 * judged without looking at the tree, in the order of the table in spec/legacy.md.
 */
export function readPlace(header: UpdateFileHeader): TreePlace {
  const kind = readKind(header.package);
  const name = header.package!.name;
  if (!isPackageName(name)) throw packageRefused("package.name", "The package's name is outside its rule.");
  if (header.modifiedMs < 0n) throw modificationTimeRefused();
  const fault = checkPath(header.path);
  if (fault !== undefined) throw pathRefused(fault);
  return { kind, name, path: header.path };
}

function readKind(named: FilePackage | undefined): TreePackageKind {
  switch (named?.kind) {
    case PackageKind.PACKAGE_KIND_EXTENSION:
      return "extension";
    case PackageKind.PACKAGE_KIND_HOST:
      return "host";
    default:
      throw packageRefused("package.kind", "The package is neither an extension nor a host.");
  }
}
