const MAX_QUOTED_LENGTH = 120;

/**
 * The text in quotes, fit for a message: cut to 120 characters, because a hostile one can be as long as a message, and with everything
 * escaped that is invisible or moves the cursor.
 */
export function quoted(text: string): string {
  const cut = text.length > MAX_QUOTED_LENGTH;
  const shown = JSON.stringify(cut ? text.slice(0, MAX_QUOTED_LENGTH) : text);
  const escaped = shown.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return cut ? `${escaped}…` : escaped;
}
