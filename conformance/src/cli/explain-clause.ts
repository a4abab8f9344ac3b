import type { CaseRecord } from "../case.ts";
import type { Clause } from "../clauses/clause.ts";
import { readUncoveredClauses } from "../clauses/read-uncovered-clauses.ts";
import type { Catalogue } from "./catalogue.ts";

/** One clause: its sentence, where it stands, and which cases judge it. */
export function explainClause({ agentCases, serverCases }: Catalogue, clause: Clause): string {
  const cases = [...agentCases, ...serverCases].filter((each) =>
    (each.clauses as readonly string[]).includes(clause.id),
  );
  const uncovered = readUncoveredClauses().find((each) => each.clause === clause.id);
  return [
    `${clause.id}: ${clause.sentence}`,
    "",
    `  stands   ${placeOf(clause)}`,
    `  level    ${clause.level ?? "none"}`,
    `  binds    ${clause.subject === undefined ? "nobody" : clause.subject === "agent" ? "an agent" : `a ${clause.subject}`}`,
    ...(cases.length > 0 ? ["  cases", ...linesOf(cases)] : []),
    ...(uncovered === undefined ? [] : [`  no case  ${uncovered.reason}`]),
    ...(cases.length > 0 ? ["", `  run      berth-conformance agent|server --filter ${clause.id} …`] : []),
  ].join("\n");
}

/** Where a clause stands in `@berth/proto`: the page and the heading, as an address within the repository and the package. */
export function placeOf({ file, topic }: Clause): string {
  const anchor = topic
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
  return `proto/spec/${file}#${anchor}`;
}

function linesOf(cases: readonly CaseRecord[]): string[] {
  const width = Math.max(...cases.map((each) => each.id.length));
  return cases.map((each) => `    ${each.id.padEnd(width)}  ${each.title}`);
}
