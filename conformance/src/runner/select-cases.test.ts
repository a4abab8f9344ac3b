import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { selectCases } from "./select-cases.ts";

const all = [
  { id: "path-dots", clauses: ["SYNC-011"], title: "t", twin: "path-plain" },
  { id: "path-plain", clauses: ["SYNC-010"], title: "t" },
  { id: "path-plain-again", clauses: ["SYNC-010"], title: "t" },
  { id: "starts", clauses: ["OP-010"], title: "t" },
] as const;
const ids = (filter?: string) => selectCases(all, filter).cases.map((each) => each.id);

describe("selectCases", () => {
  it("takes all without a filter, a twin before what rests on it", () => {
    assert.deepEqual(ids(), ["path-plain", "path-dots", "path-plain-again", "starts"]);
  });

  it("matches parts and globs of ids and clauses without regard to case", () => {
    assert.deepEqual(ids("sync-010"), ["path-plain", "path-plain-again"]);
    assert.deepEqual(ids("OP-*"), ["starts"]);
  });

  it("takes one case alone by its whole id", () => {
    assert.deepEqual(ids("path-plain"), ["path-plain"]);
  });

  it("takes the twin along without counting it as matched", () => {
    assert.deepEqual(ids("path-dots"), ["path-plain", "path-dots"]);
    assert.equal(selectCases(all, "path-dots").matched, 1);
  });

  it("takes nothing where nothing matches", () => {
    assert.deepEqual(ids("nothing"), []);
  });
});
