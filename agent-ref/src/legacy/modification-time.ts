import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";

const NS_PER_MS = 1_000_000n;

/**
 * Gives a file a modification time in milliseconds since 1970. Answers false for a time that the system does not give back exactly: it is
 * before 1970, beyond what the file system takes, or no time at all.
 */
export async function setModifiedMs(file: FileHandle, modifiedMs: bigint): Promise<boolean> {
  if (modifiedMs < 0n) return false;
  const seconds = Number(modifiedMs) / 1_000;
  try {
    await file.utimes(seconds, seconds);
  } catch (error) {
    if (isRefusedValue(error)) return false;
    throw error;
  }
  return readModifiedMs(await file.stat({ bigint: true })) === modifiedMs;
}

/** The modification time to the nearest millisecond: on its way through a number of seconds it can lose some nanoseconds. */
export function readModifiedMs({ mtimeNs }: Pick<BigIntStats, "mtimeNs">): bigint {
  const rounded = mtimeNs + NS_PER_MS / 2n;
  const remainder = rounded % NS_PER_MS;
  return (rounded - remainder) / NS_PER_MS - (remainder < 0n ? 1n : 0n);
}

function isRefusedValue(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["EINVAL", "EOVERFLOW", "ERR_OUT_OF_RANGE"].includes(`${error.code}`)
  );
}
