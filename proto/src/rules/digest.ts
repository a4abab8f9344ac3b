import { createHash } from "node:crypto";

/** The length of a SHA-256 in bytes. */
export const DIGEST_BYTES = 32;

/** The SHA-256 of no bytes, in hexadecimal digits. */
export const EMPTY_CONTENT_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const DIGEST_TEXT = /^[0-9a-f]{64}$/;

/** The SHA-256 of the bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** Whether the bytes can be a SHA-256: exactly 32 (HS-023, SYNC-039). */
export function isDigest(bytes: Uint8Array): boolean {
  return bytes.length === DIGEST_BYTES;
}

/** Whether the text is a SHA-256 in 64 lower-case hexadecimal digits (SYNC-001). */
export function isDigestText(text: string): boolean {
  return DIGEST_TEXT.test(text);
}

/** The digest in 64 lower-case hexadecimal digits. Throws a RangeError when it is not 32 bytes. */
export function formatDigest(digest: Uint8Array): string {
  if (!isDigest(digest)) throw new RangeError(`a SHA-256 has ${DIGEST_BYTES} bytes, not ${digest.length}`);
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString("hex");
}

/** The 32 bytes of a digest in 64 lower-case hexadecimal digits, or undefined for any other text. */
export function parseDigest(text: string): Uint8Array | undefined {
  return isDigestText(text) ? Buffer.from(text, "hex") : undefined;
}
