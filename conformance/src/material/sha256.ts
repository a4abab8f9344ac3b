import { createHash } from "node:crypto";

/** The SHA-256 of some bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
