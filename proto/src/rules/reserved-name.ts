const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9¹²³])$/i;
const LONGEST_RESERVED = "conout$".length;

/**
 * Whether Windows takes a file name for a device: one that is, up to its first dot, without the spaces that end that part, and without
 * regard to case, CON, PRN, AUX, NUL, COM1–COM9, LPT1–LPT9 (the last two also with ¹, ², ³), CONIN$ or CONOUT$ (SYNC-017).
 */
export function isReservedWindowsName(fileName: string): boolean {
  const dot = fileName.indexOf(".");
  const stem = dot === -1 ? fileName : fileName.slice(0, dot);
  let end = stem.length;
  while (stem[end - 1] === " ") end--;
  return end <= LONGEST_RESERVED && RESERVED.test(stem.slice(0, end));
}
