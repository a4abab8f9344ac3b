import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import type { CitedClause, ReportedCase } from "../report/run-event.ts";

/** What a report says of a case besides how it ended. */
export type CaseDescription = Pick<ReportedCase, "title" | "clauses" | "place" | "page" | "topic" | "twin">;

/** Describes a case as reports do, with its clauses quoted. */
export function describeCase(record: CaseRecord, clauses: ClauseIndex): CaseDescription {
  const cited = record.clauses.map((id) => citeClause(id, clauses));
  const { page = "", topic = "", place = -1 } = cited[0] ?? {};
  return { title: record.title, clauses: cited, place, page, topic, twin: record.twin };
}

/** The clause that a failure names, where it is none of those that the case cites. */
export function brokenClauseOf(
  record: CaseRecord,
  broken: string | undefined,
  clauses: ClauseIndex,
): CitedClause | undefined {
  return broken === undefined || record.clauses.includes(broken) ? undefined : citeClause(broken, clauses);
}

function citeClause(id: string, clauses: ClauseIndex): CitedClause {
  const { sentence = "", level, file: page = "", topic = "" } = clauses.get(id) ?? {};
  return { id, sentence, level, page, topic, place: [...clauses.keys()].indexOf(id) };
}
