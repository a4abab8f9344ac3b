import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readClauses } from "../clauses/read-clauses.ts";
import { matrixFormat } from "../report/format/matrix-format.ts";
import { allCells, cellId } from "./cell.ts";
import { cellNotApplicable, cellNotRun } from "./cell-not-run.ts";
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

  it("is what its schema says with names, with a cell that was not run and with one that is not applicable", () => {
    const [one, other] = allCells([49], { server: "s", agent: "a" });
    assert.ok(one && other);
    const results = [cellNotRun(one, "the agent did not start"), cellNotApplicable(other, "the agent lacks it")];
    const read = matrixFormat.parse(JSON.parse(JSON.stringify(matrixReport(results, readClauses()))));
    assert.deepEqual(
      read.cells.map(({ cell, agrees, difference, notApplicable }) => [
        cell.server,
        cell.agent,
        agrees,
        difference,
        notApplicable,
      ]),
      [
        ["s", "a", false, results[0]?.difference, undefined],
        ["s", "a", false, undefined, "the agent lacks it"],
      ],
    );
  });

  it("has the sentence of every clause that a cell rests on", () => {
    for (const { expected } of cells) for (const clause of expected.clauses) assert.ok(report.clauses[clause], clause);
  });
});
