import { type FilePackage, PackageKind } from "@berth/proto/messages/sync/v44/file";
import { foldAscii } from "@berth/proto/rules/ascii";
import type { StoredFile } from "../home/packages.ts";
import type { WantedManifest, WantedPackage } from "../sync/wanted-manifest.ts";

/** A file of a loaded package, as a tree holds it. */
export interface TreeFile {
  readonly source: WantedPackage;
  readonly file: StoredFile;
}

/** Every file of the loaded packages. */
export function wantedFiles({ packages }: WantedManifest): TreeFile[] {
  return packages.flatMap((source) => source.files.map((file) => ({ source, file })));
}

export function filePackageOf({ kind, name }: WantedPackage): FilePackage {
  return { kind: kind === "host" ? PackageKind.PACKAGE_KIND_HOST : PackageKind.PACKAGE_KIND_EXTENSION, name };
}

/** Equal for the same file of a tree. Names of packages compare without ASCII case, as in a manifest; neither a name nor a path of ours has a line break. */
export function treeKeyOf({ kind, name }: FilePackage, path: string): string {
  return `${kind}\n${foldAscii(name)}\n${path}`;
}

/** Whether a tree that lists the file with this modification time, in milliseconds since 1970, has it as it is wanted: time is all there is to judge by (LEG-030). */
export function isUpToDate({ file }: TreeFile, listedMs: bigint): boolean {
  return BigInt(file.modifiedMs) === listedMs;
}
