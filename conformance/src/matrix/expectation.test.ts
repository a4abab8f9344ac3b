import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readClauses } from "../clauses/read-clauses.ts";
import { allCells, type Cell, cellId, type Outcome } from "./cell.ts";
import { expectationOf, RULES } from "./expectation.ts";

describe("the interop matrix", () => {
  it("has 550 cells, each under a name of its own", () => {
    const cells = allCells();
    assert.equal(cells.length, 550);
    assert.equal(new Set(cells.map(cellId)).size, cells.length);
  });

  it("is decided by its rules in every cell, and every rule decides some", () => {
    const deciding = new Set(allCells().map((cell) => expectationOf(cell)));
    assert.equal(deciding.size, RULES.length);
  });

  it("rests on clauses that there are", () => {
    const clauses = readClauses();
    for (const id of RULES.flatMap((rule) => rule.clauses)) assert.ok(clauses.has(id), id);
  });

  // Written by hand from the published table of versions, row by row, not printed by the rules.
  const known: [string, Outcome][] = [
    ["BuildMaster-6.1.20/42/two-addresses/unset", "shared"],
    ["BuildMaster-6.1.20/42/two-addresses/unique", "shared"],
    ["BuildMaster-6.1.20/43/two-addresses/unique", "shared"],
    ["BuildMaster-6.1.20/44/two-addresses/unset", "shared"],
    ["BuildMaster-6.1.20/44/two-addresses/unique", "isolated"],
    ["BuildMaster-6.1.19/44/two-addresses/unique", "shared"],
    ["BuildMaster-6.1.20/45/one-address/unique", "isolated"],
    ["Otter-2.2.9/46/two-addresses/unique", "shared"],
    ["Otter-2.2.10/46/two-addresses/equal", "shared"],
    ["Otter-2.2.10/46/two-addresses/one-of-two", "isolated"],
    ["Another-1.0/46/one-address/unique", "isolated"],
    ["Another-1.0/46/one-server/unset", "shared"],
    ["Another-1.0/46/one-server/unique", "isolated"],
    ["BuildMaster-6.1.20/49/two-addresses/unset", "isolated"],
    ["BuildMaster-6.1.20/49/one-address/unset", "shared"],
    ["BuildMaster-6.1.20/49/one-address/unset/server-identity", "isolated"],
    ["BuildMaster-6.1.20/49/one-address/unique", "isolated"],
    ["BuildMaster-6.1.20/50/two-addresses/equal", "refused"],
    ["BuildMaster-6.1.20/51/two-addresses/equal/server-identity", "refused"],
    ["BuildMaster-6.1.19/51/two-addresses/equal", "shared"],
    ["BuildMaster-6.1.19/51/two-addresses/unset/server-identity", "shared"],
    ["Otter-2.2.9/51/one-server/unset", "shared"],
    ["Otter-2.2.10/51/one-server/unset", "isolated"],
    ["Another-1.0/51/one-address/one-of-two", "isolated"],
  ];
  const byId = new Map<string, Cell>(allCells().map((cell) => [cellId(cell), cell]));
  for (const [id, outcome] of known) {
    it(`expects ${id} to be ${outcome}`, () => {
      const cell = byId.get(id);
      assert.ok(cell, "there is no such cell");
      assert.equal(expectationOf(cell).outcome, outcome);
    });
  }
});
