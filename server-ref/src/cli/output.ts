import type { Failure } from "../errors/failure.ts";
import { withoutControls } from "../errors/printable.ts";
import { terminal } from "./terminal.ts";

/** Where a command's words go: answers to stdout, everything else to stderr. */
export interface Output {
  readonly isJson: boolean;
  /** The answer: `json` where `--json` was given, and otherwise the lines. */
  answer(json: unknown, lines: readonly string[]): void;
  /** One event of a stream of events, as a line of JSON; nothing without `--json`. */
  event(json: unknown): void;
  /** A sentence for the operator. */
  say(sentence: string): void;
  warn(sentence: string): void;
  fail(failure: Failure): void;
  /** Bytes as they are, dropped once their reader has left; resolves when there is room for more. */
  pass(stream: "stdout" | "stderr", bytes: Uint8Array): Promise<void>;
}

export function createOutput(isJson: boolean): Output {
  // Names of files and an agent's words stand in these lines, and nothing in them may command a terminal.
  const { print } = terminal();
  const tell = (line: string) => void print("stderr", `${withoutControls(line)}\n`);
  const tellJson = (value: unknown) => void print("stdout", `${JSON.stringify(value)}\n`);
  return {
    isJson,
    answer(json, lines) {
      if (isJson) tellJson(json);
      else for (const line of lines) void print("stdout", `${line}\n`);
    },
    event(json) {
      if (isJson) tellJson(json);
    },
    say: tell,
    warn: (sentence) => tell(`warning: ${sentence}`),
    fail({ message, remedy, clause, exitCode }) {
      if (isJson) return tell(JSON.stringify({ error: { message, remedy, clause, exitCode } }));
      tell(`error: ${message}${clause && !message.includes(clause) ? ` (${clause})` : ""}`);
      tell(`  ${remedy}`);
    },
    pass: print,
  };
}
