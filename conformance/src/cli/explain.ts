import { dialectsInWords } from "../dialect.ts";
import { caseLevel } from "../runner/case-level.ts";
import type { Catalogue } from "./catalogue.ts";
import { UsageError } from "./usage-error.ts";

/** What one case is about, before it has run. @throws {UsageError} when there is no such case. */
export function explainCase({ agentCases, serverCases, clauses }: Catalogue, id: string): string {
  const all = [...agentCases, ...serverCases];
  const record = all.find((each) => each.id === id);
  if (record === undefined) {
    const near = all.filter((each) => each.id.includes(id) || id.includes(each.id)).map((each) => each.id);
    throw new UsageError(
      `there is no case "${id}"${near.length > 0 ? `; did you mean ${near.slice(0, 5).join(", ")}?` : ""}`,
    );
  }
  const judges = agentCases.some((each) => each.id === id) ? "agent" : "server";
  const twin = all.find((each) => each.id === record.twin);
  const needs = [
    ...(record.features ?? []),
    ...(record.abilities ?? []).map((ability) => `an attachment that can ${ability}`),
  ];
  const target = judges === "agent" ? "(--address HOST:PORT | -- COMMAND ARGS…)" : "-- COMMAND ARGS…";
  return [
    `${record.id}: ${record.title}`,
    "",
    ...record.clauses.map((clause) => `  ${clause} (${clauses.get(clause)?.file}): ${clauses.get(clause)?.sentence}`),
    "",
    `  judges   an ${judges === "agent" ? "agent; the suite plays the servers" : "installation of a server; the suite plays the agents"}`,
    `  dialects ${dialectsInWords(record.dialects ?? [49])}`,
    `  level    ${caseLevel(record, clauses)}`,
    `  needs    ${needs.join(", ") || "nothing beyond being attached"}`,
    ...(record.timed ? ["  timed    a failure is repeated alone before it is believed"] : []),
    ...(twin
      ? [
          `  twin     ${twin.id}: ${twin.title}`,
          "           It differs in the one thing at fault and runs first; where it does not pass, this case is blocked.",
          ...(judges === "agent" ? ["  after    a good Negotiate has to be answered"] : []),
        ]
      : []),
    `  run      berth-conformance ${judges} --filter ${record.id} ${target}`,
  ].join("\n");
}
