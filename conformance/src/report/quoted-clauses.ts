import type { CitedClause, ReportedCase } from "./run-event.ts";

/** The clauses that a report of the case quotes: the one that was broken where that is known, else all that it judges. */
export function quotedClauses(each: ReportedCase): readonly CitedClause[] {
  const broken = each.failure?.clause;
  if (broken === undefined) return each.clauses;
  return [...each.clauses, ...(each.brokenClause === undefined ? [] : [each.brokenClause])].filter(
    (clause) => clause.id === broken,
  );
}
