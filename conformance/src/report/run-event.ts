import type { ClauseLevel } from "../clauses/clause.ts";
import type { Calibration } from "../runner/calibrate.ts";
import type { ExitCode } from "../runner/exit-code.ts";
import type { CaseResult } from "../runner/outcome.ts";
import type { Shard } from "../runner/shard.ts";

/** Which of the two ends a run judges. */
export type SuiteName = "agent" | "server";

/** A clause as a case cites it. */
interface CitedClause {
  readonly id: string;
  readonly sentence: string;
  readonly level: ClauseLevel | undefined;
}

/** A case and how it ended, complete in itself. */
export interface ReportedCase extends CaseResult {
  readonly title: string;
  readonly clauses: readonly CitedClause[];
  /** Where the first clause stands among all clauses. */
  readonly place: number;
  /** The page and the heading of the first clause. */
  readonly page: string;
  readonly topic: string;
  readonly twin?: string;
  /** The command line that runs just this case again with this seed. */
  readonly repro: string;
}

/** One line of `events.jsonl`. Everything else that is reported comes from these. */
export type RunEvent =
  | {
      readonly type: "run-started";
      readonly suite: SuiteName;
      readonly at: string;
      /** The address or the command line of the target. */
      readonly target: string;
      readonly agentVersion?: number;
      readonly features?: readonly string[];
      readonly profile: string;
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
  | { readonly type: "case-started"; readonly suite: SuiteName; readonly id: string }
  | { readonly type: "case-ended"; readonly suite: SuiteName; readonly case: ReportedCase }
  | {
      readonly type: "run-ended";
      readonly suite: SuiteName;
      readonly exitCode: ExitCode;
      readonly sentences: readonly string[];
    };
