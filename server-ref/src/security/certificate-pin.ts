import { createHash } from "node:crypto";
import { pinInvalid } from "../errors/transport-failures.ts";

/** Reads a pin as people copy it: 64 hexadecimal digits of either case, with or without colons between bytes. Returns 32 bytes. */
export function parsePin(text: string): Uint8Array {
  const digits = text.replaceAll(":", "");
  if (!/^[0-9a-fA-F]{64}$/.test(digits)) throw pinInvalid(text);
  return Buffer.from(digits, "hex");
}

/** The thumbprint of a certificate in DER form: what a pin is compared with (SEC-003). */
export function thumbprintOf(certificateDer: Uint8Array): Buffer {
  return createHash("sha256").update(certificateDer).digest();
}
