import path from "node:path";
import type { Manifest, Package } from "@berth/proto/rules/manifest";

/** A file of a manifest and where it stands in a generation. */
export interface PlacedFile {
  /** Below the generation's directory. */
  readonly relativePath: string;
  /** The SHA-256 of the content in hexadecimal digits. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
}

/** The directory of all extensions, below the generation's (OP-051). */
export const EXTENSIONS_DIRECTORY = "extensions";

/** The file that holds the canonical manifest, below the generation's directory. No package can have its name: those stand one level lower. */
export const MANIFEST_FILE = "manifest";

/** Every file of the manifest, in its order. */
export function placeFiles(manifest: Manifest): PlacedFile[] {
  return manifest.packages.flatMap((one) =>
    one.files.map(({ path: file, digest, sizeBytes, executable }) => ({
      relativePath: path.join(packageDirectory(one), ...file.split("/")),
      digest,
      sizeBytes,
      executable,
    })),
  );
}

/** Where a package stands, below the generation's directory. */
export function packageDirectory({ kind, name }: Pick<Package, "kind" | "name">): string {
  return path.join(kind === "extension" ? EXTENSIONS_DIRECTORY : "host", name);
}

/** Every directory that the files need, each before those within it; the one of the extensions always. */
export function directoriesOf(files: readonly PlacedFile[]): string[] {
  const directories = new Set([EXTENSIONS_DIRECTORY]);
  for (const { relativePath } of files) {
    const missing: string[] = [];
    for (let one = path.dirname(relativePath); one !== "." && !directories.has(one); one = path.dirname(one)) {
      missing.push(one);
    }
    for (const one of missing.reverse()) directories.add(one);
  }
  return [...directories];
}

/** The rights of a whole file: it is never written again (SYNC-059). */
export function finalMode({ executable }: Pick<PlacedFile, "executable">): number {
  return executable ? 0o555 : 0o444;
}

/** Tells whether a file with these rights can be executed by its owner. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}
