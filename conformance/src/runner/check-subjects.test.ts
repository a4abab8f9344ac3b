import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CaseRecord } from "../case.ts";
import { parseClauses } from "../clauses/parse-clauses.ts";
import { checkSubjects } from "./check-subjects.ts";

const page = "**A-001** An agent MUST stop.\n\n**A-002** A server MUST wait.\n";
const clauses = new Map(parseClauses("page.md", page).map((clause) => [clause.id, clause]));
const record = (...ids: [string, ...string[]]): CaseRecord => ({ id: "stops", clauses: ids, title: "it stops" });

describe("checkSubjects", () => {
  it("accepts a case whose clauses bind the end it judges", () => {
    assert.deepEqual(checkSubjects("agent", [record("A-001")], clauses), []);
    assert.deepEqual(checkSubjects("server", [record("A-002")], clauses), []);
  });

  it("finds a clause that binds the other end", () => {
    assert.deepEqual(checkSubjects("agent", [record("A-001", "A-002")], clauses), [
      "stops: it judges an agent and cites A-002, which binds a server",
    ]);
  });
});
