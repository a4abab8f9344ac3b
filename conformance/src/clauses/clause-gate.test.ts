import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CaseRecord } from "../case.ts";
import { clauseGate } from "./clause-gate.ts";
import { parseClauses } from "./parse-clauses.ts";

const clauses = new Map(
  parseClauses(
    "page.md",
    "**A-001** An agent MUST stop.\n\n**A-002** An agent MUST NOT go.\n\n**A-003** An agent SHOULD rest.\n",
  ).map((clause) => [clause.id, clause]),
);

function citing(...ids: [string, ...string[]]): CaseRecord {
  return { id: "stops", clauses: ids, title: "an agent stops" };
}

function excuse(clause: string) {
  return { clause, reason: "it cannot be seen", shownBy: "a unit test" };
}

describe("clauseGate", () => {
  it("is open when every required clause has a case or a reason", () => {
    const result = clauseGate(clauses, [citing("A-001")], [excuse("A-002")]);
    assert.deepEqual(result, { required: 2, covered: 1, excused: 1, gaps: [] });
  });

  it("names a required clause without case and reason", () => {
    assert.match(clauseGate(clauses, [citing("A-001")], []).gaps.join(), /^A-002 has no case/);
  });

  it("asks for no case of a SHOULD", () => {
    assert.deepEqual(clauseGate(clauses, [citing("A-001", "A-002")], []).gaps, []);
  });

  it("names a clause that a case made up", () => {
    assert.match(clauseGate(clauses, [citing("A-001", "A-002", "A-009")], []).gaps.join(), /^A-009 .* is no clause$/);
  });

  it("names a reason that a case has overtaken", () => {
    const gaps = clauseGate(clauses, [citing("A-001", "A-002")], [excuse("A-002")]).gaps;
    assert.match(gaps.join(), /^A-002 .* has a case now/);
  });

  it("names a reason for what is no clause or requires nothing", () => {
    const gaps = clauseGate(clauses, [citing("A-001", "A-002")], [excuse("A-003"), excuse("A-009")]).gaps;
    assert.match(gaps.join("\n"), /A-003 .* requires nothing[\s\S]*A-009 .* is no clause/);
  });
});
