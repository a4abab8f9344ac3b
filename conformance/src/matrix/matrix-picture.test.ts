import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { packageFile } from "../package-file.ts";
import { allCells, type Cell, cellId, type Outcome } from "./cell.ts";
import { expectationOf } from "./expectation.ts";
import { matrixPicture } from "./matrix-picture.ts";
import type { CellResult } from "./run-cell.ts";

const CELL: Cell = {
  product: "Otter",
  productVersion: "2.2.10",
  agentVersion: 46,
  constellation: "two addresses",
  instanceIds: "equal",
  serverIdentity: false,
};

function result(outcome: Outcome, cell: Partial<Cell> = {}, expected = outcome): CellResult {
  const whole = { ...CELL, ...cell };
  return {
    id: cellId(whole),
    cell: whole,
    expected: { outcome: expected, clauses: ["LEG-010"] },
    observed: { outcome },
    agrees: outcome === expected,
  } as unknown as CellResult;
}

const count = (picture: string, what: RegExp) => picture.match(what)?.length ?? 0;

describe("the picture of the matrix", () => {
  it("has a shape for every cell, besides those of the legend", () => {
    const picture = matrixPicture([
      result("shared"),
      result("isolated", { agentVersion: 51 }),
      result("isolated", { agentVersion: 49 }),
    ]);
    assert.equal(count(picture, /<g class="isolated"/g), 2 + 1);
    assert.equal(count(picture, /<g class="shared"/g), 1 + 1);
    assert.equal(count(picture, /<g class="refused"/g), 0 + 1);
  });

  it("frames a cell that differs, and no other", () => {
    assert.equal(count(matrixPicture([result("shared")]), /class="differs"/g), 0);
    assert.equal(
      count(matrixPicture([result("shared"), result("isolated", { agentVersion: 49 }, "shared")]), /class="differs"/g),
      1,
    );
  });

  it("puts the agents with server-identity behind those without", () => {
    const picture = matrixPicture([
      result("isolated", { agentVersion: 49, serverIdentity: true }),
      result("shared", { agentVersion: 51 }),
    ]);
    const versions = [...picture.matchAll(/class="version"[^>]*>(\d+)</g)].map(([, version]) => version);
    assert.deepEqual(versions, ["51", "49"]);
  });

  it("is the one in the README where every cell is as the clauses say", () => {
    const agreeing = allCells().map((cell) => result(expectationOf(cell).outcome, cell));
    assert.equal(matrixPicture(agreeing), readFileSync(packageFile("interop-matrix.svg"), "utf8"));
  });

  it("has the agents of several implementations side by side and their servers one below the other, each under its name", () => {
    const cells = ["s", "t"].flatMap((server) =>
      [49, 51].flatMap((agentVersion) => ["z", "a&b"].map((agent) => ({ server, agent, agentVersion }))),
    );
    const picture = matrixPicture(cells.map((cell) => result("isolated", cell)));
    const names = [...picture.matchAll(/rotate\(-90\)">([^<]*)</g)].map(([, name]) => name);
    assert.deepEqual(
      names,
      [...Array(2)].flatMap(() => ["z 49", "z 51", "a&amp;b 49", "a&amp;b 51"]),
    );
    const places = [...picture.matchAll(/<g class="isolated" transform="translate\((\S+ \S+)\)"/g)].map(
      ([, place]) => place,
    );
    assert.equal(new Set(places).size, cells.length + 1);
    assert.match(picture, />s<\/text>/);
    assert.match(picture, />t<\/text>/);
    assert.equal(count(picture, /class="differs"/g), 0);
  });

  it("has a shape of its own, without a frame, for a cell that is not applicable", () => {
    const picture = matrixPicture([{ ...result("isolated"), agrees: false, notApplicable: "it lacks the feature" }]);
    assert.equal(count(picture, /<g class="not-applicable"/g), 1 + 1);
    assert.equal(count(picture, /class="differs"/g), 0);
    assert.equal(count(matrixPicture([result("isolated")]), /not-applicable/g), 0);
  });

  it("shows a product's name as text, whatever is in it", () => {
    assert.match(matrixPicture([result("shared", { product: "<b>&" })]), /&lt;b>&amp; 2\.2\.10/);
  });
});
