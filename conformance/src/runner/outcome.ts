import type { ClauseLevel } from "../clauses/clause.ts";
import type { TranscriptEntry } from "../report/transcript.ts";
import type { FailureFacts } from "./failure.ts";

/** How a case ended. */
export type Outcome =
  /** The target keeps the clause. */
  | "pass"
  /** It does, and does something the specification leaves open, which is recorded. */
  | "observed"
  /** It breaks a required clause. */
  | "fail"
  /** It does not follow a recommendation; it is conformant all the same. */
  | "warn"
  /** The case does not apply to this target or this attachment. */
  | "not-applicable"
  /** The positive twin did not pass, so nothing can be said. */
  | "blocked"
  /** It fails as an entry of the known failures says. */
  | "expected-failure"
  /** An entry of the known failures says it fails, and it does not. */
  | "unexpected-pass"
  /** A timed case that failed, and passed when it was repeated alone. */
  | "flaky"
  /** The suite is at fault. */
  | "harness-error";

/** All outcomes in the order reports name them. */
export const OUTCOMES: readonly Outcome[] = [
  "pass",
  "fail",
  "not-applicable",
  "warn",
  "observed",
  "blocked",
  "expected-failure",
  "unexpected-pass",
  "flaky",
  "harness-error",
];

/** True when the outcome alone makes a run not conformant. */
export function isRed(outcome: Outcome): boolean {
  return outcome === "fail" || outcome === "blocked" || outcome === "unexpected-pass";
}

/** True when the case's expectation was met, so that what rests on it can be judged. */
export function isMet(outcome: Outcome): boolean {
  return outcome === "pass" || outcome === "observed" || outcome === "flaky" || outcome === "unexpected-pass";
}

/** True when the case said something about the target; only such cases count towards a profile's floor. */
export function isExecuted(outcome: Outcome): boolean {
  return outcome !== "not-applicable" && outcome !== "blocked" && outcome !== "harness-error";
}

/** What is known of one case once it has ended. */
export interface CaseResult {
  readonly id: string;
  /** The strongest level among the case's clauses. */
  readonly level: ClauseLevel;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly failure?: FailureFacts;
  /** Why, for every outcome that a failure does not explain. */
  readonly reason?: string;
  /** What the specification leaves open and the target was seen to do. */
  readonly observations: readonly string[];
  /** The wire of a case that did not pass. */
  readonly timeline: readonly TranscriptEntry[];
}
