import { chmod, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes over a file, though it can be one that is only to be read, and leaves its rights as they were. */
export async function overwrite(path: string, bytes: Uint8Array): Promise<void> {
  const { mode } = await stat(path);
  await chmod(path, mode | 0o200);
  await writeFile(path, bytes);
  await chmod(path, mode);
}

/** Changes what stands in the directory of a file, though it can be one that is only to be read. */
export async function changeDirectoryOf(path: string, change: () => Promise<void>): Promise<void> {
  const directory = dirname(path);
  const { mode } = await stat(directory);
  await chmod(directory, mode | 0o200);
  await change();
  await chmod(directory, mode);
}
