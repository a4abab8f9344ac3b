import type { Outcome } from "../../runner/outcome.ts";
import { quotedClauses } from "../quoted-clauses.ts";
import type { Results, RunResults } from "../results.ts";
import type { ReportedCase } from "../run-event.ts";
import { visibleText } from "../visible-text.ts";

/** One thing that somebody who looks at a build has to be told. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** The same in every build in which it is found, such as `agent 46/path-dot-segment`. */
  readonly key: string;
  /** One line. */
  readonly title: string;
  /** Requirement, expected, actual and the line that repeats it, a line each; made by the target in part. */
  readonly text: string;
  /** Stable and short: the failure code, or the outcome. */
  readonly kind: string;
  /** The page of the specification, where the finding is about a case. */
  readonly page?: string;
}

/** The gravest first; what is blocked by another failure comes after it. */
const ERRORS: readonly Outcome[] = ["fail", "unexpected-pass", "harness-error", "blocked"];
const WARNINGS: readonly Outcome[] = ["warn", "flaky"];
const TEXT_CHARACTERS_MAX = 2000;

/** What of the results has to be told: errors first, and what is wrong with a whole run before its cases. */
export function findingsOf(results: Results): Finding[] {
  const ofCases = [...ERRORS, ...WARNINGS].flatMap((outcome) =>
    results.runs.flatMap((run) =>
      run.cases.filter((each) => each.outcome === outcome).map((each) => findingOfCase(run, each)),
    ),
  );
  return [
    ...findingsOfTargets(results),
    ...results.runs.flatMap(findingsOfRun),
    ...findingsOfGate(results),
    ...ofCases,
  ];
}

function findingsOfTargets({ unreached = [] }: Results): Finding[] {
  return unreached.map((message, index) => ({
    severity: "error",
    key: `unreached ${index + 1}`,
    title: "a target was not judged",
    text: cut(message),
    kind: "target-unreachable",
  }));
}

function findingsOfRun(run: RunResults): Finding[] {
  if (run.exitCode === 0) return [];
  const { label } = run;
  const text = cut([...run.sentences, `target: ${run.target}`].join("\n"));
  return [
    { severity: "error", key: label, title: `${label}: ${run.sentences.at(-1) ?? "not green"}`, text, kind: "run" },
  ];
}

function findingsOfGate({ clauseGate }: Results): Finding[] {
  return (clauseGate?.gaps ?? []).map((gap) => ({
    severity: "error",
    key: gap,
    title: "a gap between the clauses and the cases",
    text: gap,
    kind: "clause-gap",
  }));
}

function findingOfCase(run: RunResults, each: ReportedCase): Finding {
  const quoted = quotedClauses(each);
  const lines = [
    `${each.title}.`,
    ...quoted.map(({ id, sentence }) => `requirement ${id}: ${sentence}`),
    ...(each.failure === undefined ? [] : [`expected ${each.failure.expected}`, `actual ${each.failure.actual}`]),
    ...(each.failure?.hint === undefined ? [] : [`likely ${each.failure.hint}`]),
    ...(each.reason === undefined ? [] : [each.reason]),
  ];
  return {
    severity: WARNINGS.includes(each.outcome) ? "warning" : "error",
    key: `${run.label}/${each.id}`,
    title: `${run.label}: ${each.id} [${each.outcome}] ${quoted[0]?.id ?? ""}`,
    text: `${cut(lines.join("\n"))}\nagain ${visibleText(each.repro)}`,
    kind: each.failure?.code ?? each.outcome,
    page: each.page,
  };
}

function cut(text: string): string {
  const visible = visibleText(text);
  return visible.length <= TEXT_CHARACTERS_MAX ? visible : `${visible.slice(0, TEXT_CHARACTERS_MAX)}…`;
}
