import type { ClauseLevel } from "../clauses/clause.ts";
import type { Specification } from "../clauses/specification.ts";
import type { Calibration } from "../runner/calibrate.ts";
import type { ExitCode } from "../runner/exit-code.ts";
import type { CaseResult } from "../runner/outcome.ts";
import type { Shard } from "../runner/shard.ts";

/** Which of the two ends a run judges. */
export type SuiteName = "agent" | "server";

/** A clause as a case cites it. */
export interface CitedClause {
  readonly id: string;
  readonly sentence: string;
  readonly level?: ClauseLevel;
  /** The page and the heading it stands under. */
  readonly page: string;
  readonly topic: string;
  /** Where it stands among all clauses. */
  readonly place: number;
}

/** A case and how it ended, complete in itself. */
export interface ReportedCase extends CaseResult {
  readonly title: string;
  readonly clauses: readonly CitedClause[];
  /** The clause that the failure names, where it is none of these. */
  readonly brokenClause?: CitedClause;
  /** Where the first clause stands among all clauses. */
  readonly place: number;
  /** The page and the heading of the first clause. */
  readonly page: string;
  readonly topic: string;
  readonly twin?: string;
  /** The command line that runs just this case again with this seed. */
  readonly repro: string;
}

/** A run begins. */
export interface RunStarted {
  readonly type: "run-started";
  readonly suite: SuiteName;
  readonly at: string;
  /** The address or the command line of the target. */
  readonly target: string;
  readonly agentVersion?: number;
  /** What a server was set to be, such as `Otter 2.2.10`. */
  readonly productVersion?: string;
  readonly features?: readonly string[];
  readonly suiteVersion: string;
  /** The cases that were chosen from: how many, and a digest of their ids and of the clauses they cite. */
  readonly catalogue: { readonly cases: number; readonly digest: string };
  /** What the clauses are from; absent in what an older version of the suite wrote. */
  readonly specification?: Specification;
  readonly profile: string;
  /** The fewest MUST and MUST NOT cases that have to be executed. */
  readonly floor: number;
  readonly seed: string;
  readonly timeScale: number;
  readonly calibration: Calibration;
  readonly filter?: string;
  /** The step on the way to conformance that the run was narrowed to. */
  readonly level?: string;
  /** Which part of the run this is; absent when it is all of it. */
  readonly shard?: Shard;
  readonly caseCount: number;
}

/** A run has ended. */
export interface RunEnded {
  readonly type: "run-ended";
  readonly suite: SuiteName;
  readonly at: string;
  readonly exitCode: ExitCode;
  readonly sentences: readonly string[];
  /** What is wrong with the entries of the known failures. */
  readonly knownFailureProblems: readonly string[];
}

/** One line of `events.jsonl`. Everything else that is reported comes from these. */
export type RunEvent =
  | RunStarted
  | { readonly type: "case-started"; readonly suite: SuiteName; readonly id: string }
  | { readonly type: "case-ended"; readonly suite: SuiteName; readonly case: ReportedCase }
  | RunEnded;
