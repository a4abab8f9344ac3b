/** The text in one line, without what a terminal takes for a command. */
export function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

/** An agent's words go to a terminal: nothing in them may command it, and they stay short. */
export function printable(text: string): string {
  return withoutControls(text).slice(0, 2_000);
}
