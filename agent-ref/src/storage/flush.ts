import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { inParallel } from "./in-parallel.ts";

/** Beyond this many files, one flush of the whole file system costs less than one for each. */
const MAX_SINGLE_FLUSHES = 64;

/** Makes the names in a directory durable. */
export async function flushDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory, and makes renames durable by itself.
  if (process.platform !== "win32") await flushPath(directory);
}

/** Makes the contents of `files` and the names in `directories`, all below `root`, durable. */
export async function flushTree(root: string, files: readonly string[], directories: readonly string[]): Promise<void> {
  if (files.length + directories.length > MAX_SINGLE_FLUSHES && (await flushFileSystem(root))) return;
  await inParallel(files, flushPath);
  await inParallel(directories, flushDirectory);
}

async function flushPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Answers false where the system has no such command. */
async function flushFileSystem(path: string): Promise<boolean> {
  const command = spawn("sync", ["-f", path], { stdio: "ignore" });
  try {
    const [code] = (await once(command, "exit")) as [number | null];
    return code === 0;
  } catch {
    return false;
  }
}
