import type { CaseRecord } from "../case.ts";
import type { ClauseLevel } from "../clauses/clause.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";

const STRONGEST_FIRST: readonly ClauseLevel[] = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];

/** The level of a case: the strongest of its clauses. */
export function caseLevel(record: CaseRecord, clauses: ClauseIndex): ClauseLevel {
  const levels = new Set(record.clauses.map((id) => clauses.get(id)?.level));
  return STRONGEST_FIRST.find((level) => levels.has(level)) ?? "MAY";
}

/** True when a failure of the case makes the target not conformant. */
export function isRequiredLevel(level: ClauseLevel): boolean {
  return level === "MUST" || level === "MUST NOT";
}
