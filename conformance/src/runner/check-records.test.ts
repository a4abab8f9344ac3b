import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CaseRecord } from "../case.ts";
import { parseClauses } from "../clauses/parse-clauses.ts";
import { checkRecords, checkTwinDialects } from "./check-records.ts";

const clauses = new Map(parseClauses("page.md", "**A-001** An agent MUST stop.").map((clause) => [clause.id, clause]));
const record = (more: Partial<CaseRecord> = {}): CaseRecord => ({
  id: "stops",
  clauses: ["A-001"],
  title: "an agent stops",
  ...more,
});

describe("checkRecords", () => {
  it("accepts a good record", () => {
    assert.deepEqual(checkRecords([record()], clauses), []);
  });

  it("finds an id used twice, and one not in its form", () => {
    assert.match(checkRecords([record(), record()], clauses).join(), /stops: the id is used twice/);
    assert.match(checkRecords([record({ id: "Stops_Now" })], clauses).join(), /not of lower-case letters/);
  });

  it("finds a clause, a twin or a feature that cannot be", () => {
    assert.match(checkRecords([record({ clauses: ["A-009"] })], clauses).join(), /A-009, which is no clause/);
    assert.match(checkRecords([record({ twin: "gone" })], clauses).join(), /its twin gone is no case/);
    assert.match(checkRecords([record({ features: ["zstd"] })], clauses).join(), /"zstd" is no feature name/);
  });

  it("finds twins that lead in a circle", () => {
    const faults = checkRecords([record({ twin: "goes" }), record({ id: "goes", twin: "stops" })], clauses);
    assert.match(faults.join(), /lead in a circle/);
  });

  it("finds a twin that does not apply wherever its case does", () => {
    const good = record({ id: "goes", dialects: [44, 49] });
    assert.deepEqual(checkTwinDialects([record({ twin: "goes" }), good]), []);
    const faults = checkTwinDialects([record({ twin: "goes", dialects: [1, 44, 49] }), good]);
    assert.match(faults.join(), /its twin goes is not for the dialect 1$/);
  });
});
