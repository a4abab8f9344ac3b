import { foldAscii, isPrintableAscii } from "./ascii.ts";

/** The most characters of a product (INST-001). */
const MAX_PRODUCT_LENGTH = 64;

/** A product as its server wrote it, or why it is refused. */
export type ParsedProduct = { ok: true; product: string } | { ok: false; reason: string };

/**
 * Checks a product: 1 to 64 characters of printable ASCII that do not begin or end with a space (INST-001). It comes back as it was
 * written; compare products by {@link foldProduct}.
 */
export function parseProduct(text: string): ParsedProduct {
  if (text === "") return { ok: false, reason: "it is empty" };
  if (text.length > MAX_PRODUCT_LENGTH) {
    return { ok: false, reason: `it is longer than ${MAX_PRODUCT_LENGTH} characters` };
  }
  if (!isPrintableAscii(text)) return { ok: false, reason: "it has a character outside printable ASCII" };
  if (text.startsWith(" ") || text.endsWith(" ")) return { ok: false, reason: "it begins or ends with a space" };
  return { ok: true, product: text };
}

/** The form in which products are compared: without regard to ASCII case (INST-004). */
export function foldProduct(product: string): string {
  return foldAscii(product);
}
