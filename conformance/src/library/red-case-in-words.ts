import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { timelineLines } from "../report/timeline.ts";
import type { CaseResult } from "../runner/outcome.ts";
import type { SuiteRun } from "../runner/run-suite.ts";

const LINE_CHARACTERS_MAX = 240;

/** What whoever reads mocha's output needs of a case that ended red: requirement, expected, actual, the wire, how to see it again. */
export function redCaseInWords<Case extends CaseRecord>(
  record: Case,
  { outcome, failure, reason, timeline }: CaseResult,
  { suite, repro }: Pick<SuiteRun<Case>, "suite" | "repro">,
  clauses: ClauseIndex,
): string {
  const cited = failure?.clause === undefined ? record.clauses : [failure.clause];
  return [
    `${record.id} [${outcome}]`,
    ...cited.map((id) => `requirement ${id}: ${clauses.get(id)?.sentence ?? ""}`),
    ...(failure
      ? [`expected    ${failure.expected}`, `actual      ${failure.actual}`, `code        ${failure.code}`]
      : []),
    ...(failure?.hint === undefined ? [] : [`likely      ${failure.hint}`]),
    ...(reason === undefined ? [] : [`reason      ${reason}`]),
    ...timelineLines(timeline, suite).map((line) => line.slice(0, LINE_CHARACTERS_MAX)),
    `again       ${repro(record.id)}`,
  ].join("\n");
}
