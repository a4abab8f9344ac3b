import type { RunResults } from "../report/results.ts";
import type { ReportedCase } from "../report/run-event.ts";
import type { KnownFailure } from "../runner/known-failures-file.ts";

/** What came of judging a target again. */
export interface Comparison {
  /** What is otherwise than published, one line each. */
  readonly differences: readonly string[];
  /** The cases in which this suite was at fault now, so that nothing can be said, one line each. */
  readonly faults: readonly string[];
}

/** Holds a run against the published one of the same target, case by case. */
export function compareRuns(published: RunResults, here: RunResults): Comparison {
  const now = new Map(here.cases.map((each) => [each.id, each]));
  const unlike = published.cases.filter(({ id, outcome }) => now.get(id)?.outcome !== outcome);
  const isFault = ({ id }: ReportedCase) => now.get(id)?.outcome === "harness-error";
  const line = (each: ReportedCase) => `${each.id}: published as ${each.outcome}, here ${endInWords(now.get(each.id))}`;
  return {
    differences: [...featureDifference(published, here), ...unlike.filter((each) => !isFault(each)).map(line)],
    faults: unlike.filter(isFault).map(line),
  };
}

function featureDifference(published: RunResults, here: RunResults): string[] {
  const [before, now] = [published, here].map(
    ({ features = [] }) => [...new Set(features)].sort().join(", ") || "none",
  );
  return before === now ? [] : [`features: published as ${before}, here ${now}`];
}

function endInWords(ended: ReportedCase | undefined): string {
  if (ended === undefined) return "not run";
  const { outcome, failure, reason } = ended;
  const why = failure === undefined ? reason : `${failure.code}: expected ${failure.expected}, got ${failure.actual}`;
  return why === undefined ? outcome : `${outcome} (${why.split("\n", 1)[0]})`;
}

/** The list of known failures by which a published run ended as it did; they hold for today, because the claim names them. */
export function knownFailuresOfRun({ cases }: RunResults): KnownFailure[] {
  const known = cases.filter(({ outcome }) => outcome === "expected-failure" || outcome === "unexpected-pass");
  return known.map(({ id, failure, reason = "" }) => ({
    case: id,
    code: failure?.code ?? "blocked",
    reason,
    issue: "as published",
    expires: "9999-12-31",
  }));
}
