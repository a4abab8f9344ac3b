import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isDigestText } from "@berth/proto/rules/digest";
import type { Logger } from "pino";
import type { Trash } from "../storage/trash.ts";
import { readPointer } from "./generation-pointer.ts";

/** A staging directory that no sync has touched for this long belongs to a sync that will not be taken up again. */
const DEAD_STAGING_MS = 24 * 60 * 60 * 1000;

/**
 * The digests of the generations in `directory`, those confirmed last first. What does not bear the name of a generation is thrown away.
 * The pointer gives the order and nothing else: where it is damaged or names what is not there, the directories decide (SYNC-055).
 */
export async function listGenerations(
  directory: string,
  pointerFile: string,
  trash: Trash,
  logger: Logger,
): Promise<{ readonly digests: string[]; readonly pointerRepaired: boolean }> {
  const found = await digestDirectories(directory, trash);
  const pointer = await readPointer(pointerFile);
  const named = pointer.kind === "read" ? pointer.recent : [];
  const dangling = named.filter((digest) => !found.has(digest));
  const unnamed = [...found.keys()].filter((digest) => !named.includes(digest));
  unnamed.sort((a, b) => found.get(b)! - found.get(a)!);

  if (pointer.kind === "damaged")
    logger.warn({ reason: pointer.reason }, "the pointer to the current generation is damaged and is rebuilt");
  if (dangling.length > 0) logger.warn({ dangling }, "the pointer named generations that are not there and is rebuilt");
  const kept = [...new Set(named.filter((digest) => found.has(digest)))];
  return {
    digests: [...kept, ...unnamed],
    pointerRepaired: pointer.kind === "damaged" || dangling.length > 0 || unnamed.length > 0,
  };
}

/** Throws away what is left of syncs that nobody took up again. */
export async function discardDeadStaging(directory: string, trash: Trash): Promise<void> {
  for (const [digest, touchedMs] of await digestDirectories(directory, trash)) {
    if (Date.now() - touchedMs > DEAD_STAGING_MS) await trash.discard(path.join(directory, digest));
  }
}

/** The directories named by a digest, with the time they were touched last; everything else goes to the trash. */
async function digestDirectories(directory: string, trash: Trash): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const target = path.join(directory, entry.name);
    if (entry.isDirectory() && isDigestText(entry.name)) found.set(entry.name, (await stat(target)).mtimeMs);
    else await trash.discard(target);
  }
  return found;
}
