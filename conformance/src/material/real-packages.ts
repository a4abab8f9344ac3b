import { readdir, readFile, stat } from "node:fs/promises";
import { delimiter, join, relative } from "node:path";
import { z } from "zod";
import type { MaterialFile, MaterialPackage } from "./release.ts";

/** The environment variable that names directories of unpacked npm packages, separated as in PATH. */
export const realPackagesVariable = "BERTH_CONFORMANCE_REAL_PACKAGES";

const packageJson = z.object({ name: z.string(), version: z.string() });

/**
 * Reads the packages this run was given, each as an extension of its own name and version; none when none are configured.
 * Two versions of one package are two extensions of one name, the older first as they were listed.
 */
export async function realPackages(environment: NodeJS.ProcessEnv = process.env): Promise<readonly MaterialPackage[]> {
  const directories = (environment[realPackagesVariable] ?? "").split(delimiter).filter((directory) => directory);
  return Promise.all(directories.map(realPackage));
}

async function realPackage(directory: string): Promise<MaterialPackage> {
  const { name, version } = packageJson.parse(JSON.parse(await readFile(join(directory, "package.json"), "utf8")));
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
      path: relative(directory, path).replaceAll("\\", "/"),
      content: await readFile(path),
      exec: (mode & 0o100) !== 0,
    });
  }
  return files;
}
