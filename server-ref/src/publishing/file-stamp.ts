import type { BigIntStats } from "node:fs";

const nsPerMs = 1_000_000n;

/**
 * The modification time in whole milliseconds since 1970, to the nearest: a time that was set in milliseconds can stand a few nanoseconds below them on the disk,
 * because systems are told times as fractions of a second.
 */
export function modificationTimeMs({ mtimeNs }: BigIntStats): number {
  return Number((mtimeNs + nsPerMs / 2n) / nsPerMs);
}

/** A text that is another one once the file was written to, given another time or mode, or replaced by another file. */
export function stampOf({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mode, mtimeNs, ctimeNs].join(" ");
}
