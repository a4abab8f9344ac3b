import type { CaseRecord } from "../case.ts";
import { caseLevel } from "../runner/case-level.ts";
import { levelsOfCases } from "../runner/level.ts";
import type { Catalogue } from "./catalogue.ts";
import { levelOf } from "./judge-agent.ts";

/** All cases, or those of one level of agents and the levels before it, one line each, or as JSON. */
export function listCases({ agentCases, serverCases, clauses }: Catalogue, json: boolean, level?: string): string {
  const steps = levelsOfCases(agentCases, clauses);
  const ids = levelOf({ level, catalogue: { agentCases, serverCases, clauses } })?.ids;
  const rows = [...rowsOf("agent", agentCases), ...rowsOf("server", serverCases)].filter(
    (row) => ids === undefined || ids.has(row.id),
  );
  if (json) return JSON.stringify(rows, null, 2);
  const width = Math.max(0, ...rows.map((row) => row.id.length));
  return rows
    .map(
      (row) =>
        `${row.judges.padEnd(6)}  ${(row.step ?? "").padEnd(10)}  ${row.level.padEnd(8)}  ${row.id.padEnd(width)}  ${row.clauses.join(" ")}  ${row.title}`,
    )
    .join("\n");

  function rowsOf(judges: "agent" | "server", records: readonly CaseRecord[]) {
    return records.map(
      ({ id, clauses: cited, title, dialects = [49], features = [], abilities = [], twin, timed = false }) => ({
        id,
        judges,
        step: steps.get(id),
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
