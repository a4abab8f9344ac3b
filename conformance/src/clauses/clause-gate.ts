import type { CaseRecord } from "../case.ts";
import { isRequired } from "./clause.ts";
import type { ClauseIndex } from "./read-clauses.ts";

/** Why a required clause has no case, and what shows it instead. */
export interface UncoveredClause {
  readonly clause: string;
  /** Why no case can judge it, or why none does yet. */
  readonly reason: string;
  /** What shows it in place of a case. */
  readonly shownBy: string;
}

/** What the gate counted and found. */
export interface GateResult {
  readonly required: number;
  readonly covered: number;
  readonly excused: number;
  /** One line each; the gate is shut when there is any. */
  readonly gaps: readonly string[];
}

/**
 * Holds the cases against the clauses, both ways: no required clause without a case or a reason, no case that cites a
 * clause that is not there, and no reason that has become stale.
 */
export function clauseGate(
  clauses: ClauseIndex,
  cases: readonly CaseRecord[],
  uncovered: readonly UncoveredClause[],
): GateResult {
  const cited = new Set(cases.flatMap((each) => each.clauses));
  const excused = new Set(uncovered.map((entry) => entry.clause));
  const required = [...clauses.values()].filter(isRequired);

  const gaps = [
    ...required
      .filter((clause) => !cited.has(clause.id) && !excused.has(clause.id))
      .map((clause) => `${clause.id} has no case and no reason: ${clause.sentence}`),
    ...[...cited].filter((id) => !clauses.has(id)).map((id) => `${id} is cited by a case and is no clause`),
    ...uncovered.flatMap((entry) => staleness(entry, clauses, cited).map((fault) => `${entry.clause} ${fault}`)),
  ];
  return {
    required: required.length,
    covered: required.filter((clause) => cited.has(clause.id)).length,
    excused: required.filter((clause) => excused.has(clause.id) && !cited.has(clause.id)).length,
    gaps,
  };
}

function staleness(entry: UncoveredClause, clauses: ClauseIndex, cited: ReadonlySet<string>): string[] {
  const clause = clauses.get(entry.clause);
  if (clause === undefined) return ["is in uncovered-clauses.json and is no clause"];
  if (cited.has(entry.clause)) return ["is in uncovered-clauses.json and has a case now: remove the entry"];
  if (!isRequired(clause)) return ["is in uncovered-clauses.json and requires nothing: remove the entry"];
  return [];
}
