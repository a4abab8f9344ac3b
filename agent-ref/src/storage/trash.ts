import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";

/**
 * Where what is no longer needed is put: a rename takes it out of sight at once, and the deletion, which can take long, goes on
 * behind. What a killed agent left there is deleted at the next start.
 */
export interface Trash {
  /** Takes a file or a directory away. Answers once it is out of sight. */
  discard(target: string): Promise<void>;
  /** Answers once everything discarded so far is deleted. */
  settled(): Promise<void>;
}

/** Opens the trash at `directory`, which it makes. */
export async function openTrash(directory: string, logger: Logger): Promise<Trash> {
  await mkdir(directory, { recursive: true });
  const deletions = new Set<Promise<void>>();

  const remove = (name: string) => {
    const deletion = rm(path.join(directory, name), { recursive: true, force: true })
      .catch((error: unknown) =>
        logger.warn({ err: error }, "old files could not be deleted; the next start tries again"),
      )
      .finally(() => deletions.delete(deletion));
    deletions.add(deletion);
  };
  for (const left of await readdir(directory)) remove(left);

  return {
    async discard(target) {
      const name = randomUUID();
      await rename(target, path.join(directory, name));
      remove(name);
    },
    async settled() {
      await Promise.all(deletions);
    },
  };
}
