import { readFileSync } from "node:fs";
import { z } from "zod";
import type { CaseRecord } from "../case.ts";
import { type CaseResult, isMet } from "./outcome.ts";

const entry = z.strictObject({
  case: z.string().min(1),
  /** The failure code it fails with; `blocked` for a case whose twin is a known failure. */
  code: z.string().min(1),
  /** The only agent version it holds for, where several agents are judged in one run; any when absent. */
  agentVersion: z.int().positive().optional(),
  reason: z.string().min(1),
  /** Where the failure is worked on, such as an issue's address. */
  issue: z.string().min(1),
  /** The last day on which the entry holds. */
  expires: z.iso.date(),
});

/** A failure that is known, worked on, and accepted until a day. */
export type KnownFailure = z.infer<typeof entry>;

/** Reads a file of known failures: a JSON array. Throws an error that names the fault and the place. */
export function readKnownFailures(path: string): KnownFailure[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = z.array(entry).safeParse(content);
  if (!parsed.success) throw new Error(`${path} is not a list of known failures:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

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
  filtered: boolean,
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
      if (result === undefined) return filtered ? [] : [`${each.case} is stale: it did not run`];
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
