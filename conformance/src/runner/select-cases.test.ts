import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { selectCases } from "./select-cases.ts";

const all = [
  { id: "path-dots", clauses: ["SYNC-011"], title: "t", twin: "path-plain" },
  { id: "path-plain", clauses: ["SYNC-010"], title: "t" },
  { id: "path-plain-again", clauses: ["SYNC-010"], title: "t" },
  { id: "starts", clauses: ["OP-010"], title: "t" },
] as const;
const ids = (filter?: string) => selectCases(all, { filter }).cases.map((each) => each.id);

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
    assert.equal(selectCases(all, { filter: "path-dots" }).matched, 1);
  });

  it("takes nothing where nothing matches", () => {
    assert.deepEqual(ids("nothing"), []);
  });

  it("keeps to the cases of a level, and takes no other by its id either", () => {
    const levelIds = new Set(["path-plain", "starts"]);
    const names = (filter?: string) => selectCases(all, { filter, levelIds }).cases.map((each) => each.id);
    assert.deepEqual(names(), ["path-plain", "starts"]);
    assert.deepEqual(names("path-plain-again"), []);
  });

  describe("with a shard", () => {
    const shards = [1, 2, 3].map((index) => selectCases(all, { shard: { index, count: 3 } }));
    const reported = shards.map((shard) => shard.reported.map((each) => each.id));

    it("reports every case in exactly one shard, and splits evenly", () => {
      assert.deepEqual(reported.flat().toSorted(), all.map((each) => each.id).toSorted());
      assert.deepEqual(reported.map((each) => each.length).toSorted(), [1, 1, 2]);
    });

    it("splits by id alone, whatever the order of the catalogue", () => {
      const turned = selectCases(all.toReversed(), { shard: { index: 1, count: 3 } }).reported.map((each) => each.id);
      assert.deepEqual(turned.toSorted(), reported[0]?.toSorted());
    });

    it("runs a twin where it is needed, and reports it in its own shard alone", () => {
      const home = reported.findIndex((each) => each.includes("path-dots"));
      assert.deepEqual(reported[home]?.includes("path-plain"), false);
      assert.ok(shards[home]?.cases.some((each) => each.id === "path-plain"));
    });

    it("splits what a filter matched, and nothing else", () => {
      const parts = [1, 2].map((index) => selectCases(all, { filter: "sync-010", shard: { index, count: 2 } }));
      assert.deepEqual(
        parts.flatMap((part) => part.reported.map((each) => each.id)),
        ["path-plain", "path-plain-again"],
      );
    });
  });
});
