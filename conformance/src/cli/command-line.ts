import type { Command } from "../attach/process-group.ts";
import { UsageError } from "./usage-error.ts";

/** Splits a command line at spaces; single and double quotes hold words together. No shell is involved. */
export function splitCommandLine(text: string): Command {
  const words = [...text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
  return requireCommand(words);
}

/** Joins words to a line that a POSIX shell reads back as these words. */
export function joinCommandLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

/** Words that are a command. */
export function requireCommand(words: readonly string[]): Command {
  const [file, ...rest] = words;
  if (file === undefined) throw new UsageError("there is no command: write -- COMMAND ARGS…");
  return [file, ...rest];
}
