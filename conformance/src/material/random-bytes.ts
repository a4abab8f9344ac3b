import { createCipheriv } from "node:crypto";

/** Bytes that look random and depend on nothing but the case's own random numbers, so that a seed repeats them. */
export function randomBytesFrom(random: () => number, length: number): Buffer {
  const key = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
