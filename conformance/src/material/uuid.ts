import { randomBytesFrom } from "./random-bytes.ts";

/** A random UUID (version 4) in text form, from the case's own random numbers. */
export function uuidFrom(random: () => number): string {
  const bytes = randomBytesFrom(random, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
