import type { ExitCode } from "../runner/exit-code.ts";
import type { Results } from "./results.ts";

const WORDS: Readonly<Record<ExitCode, string>> = {
  0: "conformant",
  1: "not conformant",
  2: "not run: the command line could not be understood",
  3: "not shown: nothing or too little ran",
  4: "not shown: the suite is at fault",
  5: "not shown: a target could not be reached",
};

/** The verdict of everything that ran in a few words. A run that was narrowed is never called conformant. */
export function verdictWords({ exitCode, runs }: Results): string {
  const narrowed = runs.some((run) => run.filter !== undefined || run.level !== undefined || run.shard !== undefined);
  if (exitCode === 0 && narrowed) return "nothing failed, and conformance is not proven: not all cases were run";
  return WORDS[exitCode];
}

/** What the verdict rests on besides the cases, one line each. */
export function whyRed({ runs, unreached = [], clauseGate }: Results): string[] {
  return [
    ...unreached,
    ...runs.flatMap((run) => (run.exitCode === 0 ? [] : run.sentences.map((sentence) => `${run.label}: ${sentence}`))),
    ...(clauseGate?.gaps ?? []),
  ];
}
