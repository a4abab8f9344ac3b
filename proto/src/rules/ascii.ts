const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Whether every character is printable ASCII (0x20–0x7E). */
export function isPrintableAscii(text: string): boolean {
  return PRINTABLE_ASCII.test(text);
}

/**
 * The text with `A`–`Z` in lower case and every other character as it is. `toLowerCase` alone would also fold the Kelvin sign to `k`.
 */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
