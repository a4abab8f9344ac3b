import { countOutcomes, type Results, type RunResults, withLabels } from "../report/results.ts";
import { EXIT, type ExitCode, gravest } from "../runner/exit-code.ts";
import { checkRun, countDifferences } from "./check-run.ts";
import { differing } from "./differing.ts";
import { type Findings, joinFindings, NO_FINDINGS, type OwnSuite, saidOf } from "./own-suite.ts";

/** Recomputes everything that a file of results claims, or that its run of this name does, and says which run each finding is about. */
export function checkResults(results: Results, own: OwnSuite, label?: string): Findings {
  const runs = results.runs.filter((run) => label === undefined || run.label === label);
  const ofRuns = joinFindings(runs.map((run) => saidOf(run.label, checkRun(run, own))));
  // What another suite made of its runs as a whole is its own to recompute too.
  if (ofRuns.otherSuite.length > 0) return ofRuns;
  const whole = checkWhole(results, own);
  // What keeps a command from being green as a whole says nothing of one of its runs.
  return joinFindings([ofRuns, label === undefined ? whole : { ...whole, shortcomings: [] }]);
}

function checkWhole(results: Results, own: OwnSuite): Findings {
  const { runs, clauseGate, unreached = [] } = results;
  const codes: ExitCode[] = [
    ...runs.map((run) => run.exitCode),
    ...(unreached.length > 0 ? [EXIT.targetUnreachable] : []),
    ...(clauseGate !== undefined && clauseGate.gaps.length > 0 ? [EXIT.notConformant] : []),
    ...(runs.length + unreached.length === 0 ? [EXIT.tooLittleRan] : []),
  ];
  return {
    ...NO_FINDINGS,
    differences: [
      ...differing("the list of the names of runs", runs.map(labelOf), withLabels(runs).map(labelOf)),
      ...countDifferences(results.counts, countOutcomes(runs.flatMap((run) => run.cases))).map(
        (line) => `all runs: ${line}`,
      ),
      ...differing("the exit code of all runs", results.exitCode, gravest(codes)),
      ...(clauseGate === undefined ? [] : differing("what the cases cover of the clauses", clauseGate, own.gate)),
    ],
    shortcomings: [
      ...unreached.map((why) => `a target was not judged at all: ${why}`),
      ...(runs.length + unreached.length === 0 ? ["there is no run in it, so it claims nothing"] : []),
      ...(clauseGate?.gaps ?? []).map((gap) => `a gap between clauses and cases: ${gap}`),
    ],
  };
}

function labelOf({ label }: RunResults): string {
  return label;
}
