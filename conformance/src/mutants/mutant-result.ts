import type { CaseRecord } from "../case.ts";
import type { CaseResult, Outcome } from "../runner/outcome.ts";
import type { End } from "./mutant-commands.ts";

/** A mutant as reports name it. */
export interface ListedMutant {
  readonly end: End;
  readonly id: string;
  readonly clause: string;
  readonly breaks: string;
  readonly part: string;
  /** The version an agent runs as; a server has none. */
  readonly agentVersion: number | undefined;
  readonly hangs: boolean;
}

/** How one case about the mutant's clause ended. */
export interface MutantCase {
  readonly id: string;
  readonly outcome: Outcome;
  /** The clause that the failure names, or the case's when it names none. */
  readonly clause: string | undefined;
  readonly code: string | undefined;
  /** What was expected and seen, or why there is nothing to be said. */
  readonly words: string;
  /** Whether it is this case that has caught the mutant. */
  readonly kills: boolean;
}

/** What became of one mutant. */
export interface MutantResult extends ListedMutant {
  /**
   * Killed by a case of its clause; survived; `unused` when the reference never called what was replaced; `unreachable` when it could not
   * be started or driven, which proves nothing about a clause.
   */
  readonly status: "killed" | "survived" | "unused" | "unreachable";
  /** Why it was unreachable. */
  readonly reason: string | undefined;
  readonly cases: readonly MutantCase[];
  readonly durationMs: number;
}

const TIMED_OUT = ["case-timed-out", "step-timed-out"];

/**
 * Looks at how a case ended against a mutant. It has caught the mutant when it fails on the mutant's clause: the one that the failure
 * names, or any that the case cites where it names none. That a case ran out of time counts only for a mutant that is meant to hang.
 */
export function judgeMutantCase(mutant: ListedMutant, record: CaseRecord, result: CaseResult): MutantCase {
  const { failure } = result;
  const broken = result.outcome === "fail" || result.outcome === "warn";
  const named = failure?.clause;
  const ofClause = named === undefined ? record.clauses.includes(mutant.clause) : named === mutant.clause;
  const timely = mutant.hangs || !TIMED_OUT.includes(failure?.code ?? "");
  return {
    id: record.id,
    outcome: result.outcome,
    clause: failure && (named ?? record.clauses.find((clause) => clause === mutant.clause) ?? record.clauses[0]),
    code: failure?.code,
    words: failure?.message ?? result.reason ?? "",
    kills: broken && ofClause && timely,
  };
}
