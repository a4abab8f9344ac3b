import type { CaseRecord } from "../case.ts";
import { caseLevel } from "../runner/case-level.ts";
import type { Catalogue } from "./catalogue.ts";

/** All cases, one line each, or as JSON. */
export function listCases({ agentCases, serverCases, clauses }: Catalogue, json: boolean): string {
  const rows = [...rowsOf("agent", agentCases), ...rowsOf("server", serverCases)];
  if (json) return JSON.stringify(rows, null, 2);
  const width = Math.max(0, ...rows.map((row) => row.id.length));
  return rows
    .map(
      (row) =>
        `${row.judges.padEnd(6)}  ${row.level.padEnd(8)}  ${row.id.padEnd(width)}  ${row.clauses.join(" ")}  ${row.title}`,
    )
    .join("\n");

  function rowsOf(judges: "agent" | "server", records: readonly CaseRecord[]) {
    return records.map(
      ({ id, clauses: cited, title, dialects = [49], features = [], abilities = [], twin, timed = false }) => ({
        id,
        judges,
        level: caseLevel({ id, clauses: cited, title }, clauses),
        clauses: cited,
        title,
        dialects,
        features,
        abilities,
        twin,
        timed,
      }),
    );
  }
}
