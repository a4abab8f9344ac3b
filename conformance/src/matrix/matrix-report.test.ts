import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readClauses } from "../clauses/read-clauses.ts";
import { matrixFormat } from "../report/format/matrix-format.ts";
import { allCells, cellId } from "./cell.ts";
import { expectationOf } from "./expectation.ts";
import { matrixReport } from "./matrix-report.ts";

describe("matrixReport", () => {
  const cells = allCells().map((cell) => {
    const expected = expectationOf(cell);
    const observed = { outcome: expected.outcome, words: "as the clauses say" };
    return { id: cellId(cell), cell, expected, observed, agrees: true, transcript: [] };
  });
  const report = JSON.parse(JSON.stringify(matrixReport(cells, readClauses())));

  it("is what its schema says, for every cell there is", () => {
    assert.equal(matrixFormat.parse(report).cells.length, allCells().length);
  });

  it("has the sentence of every clause that a cell rests on", () => {
    for (const { expected } of cells) for (const clause of expected.clauses) assert.ok(report.clauses[clause], clause);
  });
});
