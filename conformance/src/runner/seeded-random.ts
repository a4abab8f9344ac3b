import { createHash, randomBytes } from "node:crypto";

/** A new seed: eight hexadecimal digits. */
export function newSeed(): string {
  return randomBytes(4).toString("hex");
}

/** A sequence of numbers in [0, 1) that seed and name determine: the same on every machine. */
export function seededRandom(seed: string, name: string): () => number {
  let state = createHash("sha256").update(`${seed}\n${name}`).digest().readUInt32LE(0);
  // mulberry32: small, and good enough to vary tests; nothing secret comes from it.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
