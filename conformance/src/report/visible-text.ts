const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/**
 * The same text with every character that is not seen but acts written out as `\u{1b}`: what a target wrote can neither move the cursor of a
 * terminal nor turn the direction of a line. Line ends and tabs stay.
 */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) =>
    character === "\n" || character === "\t" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
