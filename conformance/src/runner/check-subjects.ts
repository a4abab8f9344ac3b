import type { CaseRecord } from "../case.ts";
import type { ClauseSubject } from "../clauses/clause.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";

const WITH_ARTICLE: Readonly<Record<ClauseSubject, string>> = { agent: "an agent", server: "a server", host: "a host" };

/** The cases that cite a clause which binds another end than the one they judge, one line each: a case can judge nobody else's duty. */
export function checkSubjects(judged: ClauseSubject, records: readonly CaseRecord[], clauses: ClauseIndex): string[] {
  return records.flatMap((record) =>
    record.clauses
      .map((id) => clauses.get(id))
      .filter((clause) => clause?.subject !== undefined && clause.subject !== judged)
      .map(
        (clause) =>
          `${record.id}: it judges ${WITH_ARTICLE[judged]} and cites ${clause!.id}, which binds ${WITH_ARTICLE[clause!.subject!]}`,
      ),
  );
}
