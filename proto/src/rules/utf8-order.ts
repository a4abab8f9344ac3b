/**
 * Compares two texts by their UTF-8 bytes without making them; returns a negative number, zero or a positive number. `<` compares UTF-16
 * code units, in which an emoji (two surrogates from U+D800 on) comes before U+FF21 although its bytes come after.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Puts surrogates, which stand for code points above U+FFFF, after every other code unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
