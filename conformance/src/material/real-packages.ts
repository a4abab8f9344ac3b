import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import type { MaterialFile, MaterialPackage } from "./release.ts";

/** The packages a run was given, as they stood before and after an upgrade. */
export interface RealPackages {
  /** Of every name the version that was listed first. */
  readonly before: readonly MaterialPackage[];
  /** Of every name the version that was listed last. */
  readonly after: readonly MaterialPackage[];
}

const packageJson = z.object({ name: z.string().min(1), version: z.string().min(1) });

/**
 * Reads directories of unpacked npm packages, each as an extension of its own name and version. Two versions of one package are two
 * extensions of one name.
 *
 * @throws {Error} when a directory cannot be read, or its package.json has no name and version.
 */
export async function realPackages(directories: readonly string[]): Promise<RealPackages> {
  const before = new Map<string, MaterialPackage>();
  const after = new Map<string, MaterialPackage>();
  for (const item of await Promise.all(directories.map(realPackage))) {
    if (!before.has(item.name)) before.set(item.name, item);
    after.set(item.name, item);
  }
  return { before: [...before.values()], after: [...after.values()] };
}

/** What a package.json says of the package in `directory`. */
export async function readPackageJson(directory: string): Promise<{ name: string; version: string }> {
  return packageJson.parse(JSON.parse(await readFile(join(directory, "package.json"), "utf8")));
}

async function realPackage(directory: string): Promise<MaterialPackage> {
  const { name, version } = await readPackageJson(directory);
  return {
    kind: "extension",
    name: name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^-/, ""),
    version,
    files: await filesBelow(directory),
  };
}

/** Symbolic links are left out: a manifest has none. */
async function filesBelow(directory: string): Promise<MaterialFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files: MaterialFile[] = [];
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    files.push({
      path: relative(directory, path).replaceAll(sep, "/"),
      content: await readFile(path),
      exec: (mode & 0o100) !== 0,
    });
  }
  return files;
}
