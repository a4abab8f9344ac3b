import type { CaseRecord } from "../case.ts";
import type { KnownFailure } from "./known-failures-file.ts";
import { type CaseResult, isMet } from "./outcome.ts";

/** Turns a result into an expected failure or an unexpected pass where an entry holds for it. A wrong code leaves it as it is. */
export function applyKnownFailure(result: CaseResult, known: readonly KnownFailure[], today: string): CaseResult {
  const entry = known.find((each) => each.case === result.id && each.expires >= today);
  if (entry === undefined) return result;
  if (isMet(result.outcome)) {
    return { ...result, outcome: "unexpected-pass", reason: `known to fail (${entry.issue}), and it passes` };
  }
  if (failureCode(result) !== entry.code) return result;
  return { ...result, outcome: "expected-failure", reason: `${entry.reason} (${entry.issue}, until ${entry.expires})` };
}

/** What is wrong with the entries themselves after a run, one line each: every one is red. */
export function knownFailureProblems(
  known: readonly KnownFailure[],
  results: readonly CaseResult[],
  catalogue: readonly CaseRecord[],
  partial: boolean,
  today: string,
): string[] {
  const byId = new Map(results.map((result) => [result.id, result]));
  const repeated = known.filter((each, index) => known.findIndex((other) => other.case === each.case) < index);
  return [
    ...repeated.map((each) => `${each.case} has two entries`),
    ...known.flatMap((each) => {
      if (!catalogue.some((record) => record.id === each.case)) return [`${each.case} is stale: there is no such case`];
      if (each.expires < today) return [`${each.case} has expired on ${each.expires} (${each.issue})`];
      const result = byId.get(each.case);
      if (result === undefined) return partial ? [] : [`${each.case} is stale: it did not run`];
      return resultProblem(each, result);
    }),
  ];
}

function resultProblem(entry: KnownFailure, result: CaseResult): string[] {
  if (result.outcome === "expected-failure" || result.outcome === "harness-error") return [];
  if (result.outcome === "unexpected-pass") return [`${entry.case} passes now: remove the entry (${entry.issue})`];
  if (result.outcome === "not-applicable") return [`${entry.case} is stale: it is not applicable`];
  return [`${entry.case} fails with ${failureCode(result)}, not with ${entry.code} (${entry.issue})`];
}

function failureCode(result: CaseResult): string {
  return result.failure?.code ?? result.outcome;
}
