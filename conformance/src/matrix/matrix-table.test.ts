import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { allCells, cellId, type Names } from "./cell.ts";
import { cellNotApplicable, cellNotRun } from "./cell-not-run.ts";
import { expectationOf } from "./expectation.ts";
import { matrixTable } from "./matrix-table.ts";
import type { CellResult } from "./run-cell.ts";

/** Two rows of a product and an agent, as the clauses say. */
function agreeing(agentVersion: number, names: Names = {}): CellResult[] {
  return allCells([agentVersion], names)
    .filter(({ product, constellation }) => product === "Another" && constellation === "one address")
    .filter(({ instanceIds }) => instanceIds === "unset")
    .map((cell) => {
      const expected = expectationOf(cell);
      return {
        id: cellId(cell),
        cell,
        expected,
        observed: { outcome: expected.outcome, words: "seen" },
        agrees: true,
        transcript: [],
      };
    });
}

describe("the table of the matrix", () => {
  it("has the versions alone across where there is one agent", () => {
    assert.deepEqual(matrixTable([...agreeing(46), ...agreeing(49)]), [
      "",
      "Another 1.0                                                   46        49       ",
      "  one address, InstanceId unset                               shared    shared",
      "  one address, InstanceId unset, server-identity              –         isolated",
      "",
      "3 cells as the clauses say, 0 different",
    ]);
  });

  it("has every implementation by its name, what it comes to, and what it need not answer", () => {
    const [plain, withIdentity] = agreeing(49, { server: "s", agent: "small" });
    assert.ok(plain && withIdentity);
    assert.deepEqual(
      matrixTable([
        ...agreeing(49, { server: "s", agent: "a" }),
        plain,
        cellNotApplicable(withIdentity.cell, "the agent does not serve it"),
      ]),
      [
        "",
        "s: Another 1.0                                                   a 49      small 49 ",
        "  one address, InstanceId unset                                  shared    shared",
        "  one address, InstanceId unset, server-identity                 isolated  n/a",
        "",
        "1 not applicable to s with agent small 49: the agent does not serve it",
        "",
        "s with agent a 49      2 cells as the clauses say, 0 different",
        "s with agent small 49  1 cells as the clauses say, 0 different, 1 not applicable",
        "",
        "3 cells as the clauses say, 0 different, 1 not applicable",
      ],
    );
  });

  it("marks the cells of an implementation that was not run, and says why once", () => {
    const reason = "the agent did not start: it ended\nits stderr ends: no";
    const dead = agreeing(49, { agent: "dead" }).map(({ cell }) => cellNotRun(cell, reason));
    const lines = matrixTable([...agreeing(49, { agent: "a" }), ...dead]);
    assert.ok(
      lines.some((line) => /InstanceId unset +shared +✗\?$/.test(line)),
      lines.join("\n"),
    );
    const at = lines.indexOf("✗ dead/Another-1.0/49/one-address/unset and 1 more of agent dead 49");
    assert.equal(lines[at + 1], "    the agent did not start: it ended\n    its stderr ends: no");
    assert.equal(lines.filter((line) => line.includes("did not start")).length, 1);
    assert.equal(lines.at(-1), "2 cells as the clauses say, 2 different");
  });

  it("explains every cell that differs by itself where there is one of each", () => {
    const cells = agreeing(49).map(({ cell }) => cellNotRun(cell, "no greeting was answered"));
    const lines = matrixTable(cells);
    assert.equal(lines.filter((line) => line.startsWith("✗ Another-1.0/49/")).length, 2);
    assert.ok(lines.includes("    expected isolated (INST-022), but no greeting was answered"), lines.join("\n"));
  });
});
