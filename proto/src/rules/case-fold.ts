const ASCII = /^[\0-\x7f]*$/;

/** Where simple case folding differs from the upper and then lower case of one code point. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["\u{131}", "\u{131}"], // dotless i, which is no i
  ["\u{1fd3}", "\u{390}"], // the upper case of these four is several code points
  ["\u{1fe3}", "\u{3b0}"],
  ["\u{fb05}", "\u{fb06}"],
]);

/**
 * A form of the text that is equal for two texts exactly when they are equal under Unicode simple case folding (C and S of
 * CaseFolding.txt), in the Unicode version of the runtime. For comparing only: it is not always the folding that the table gives.
 */
export function foldCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = "";
  for (const character of text) folded += EXCEPTIONS.get(character) ?? foldCodePoint(character);
  return folded;
}

function foldCodePoint(character: string): string {
  const upper = character.toUpperCase();
  const single = isOneCodePoint(upper) ? upper : character;
  const lower = single.toLowerCase();
  return isOneCodePoint(lower) ? lower : single;
}

function isOneCodePoint(text: string): boolean {
  return text.length === (text.codePointAt(0)! > 0xffff ? 2 : 1);
}
