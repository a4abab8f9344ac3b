import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { KnownFailure } from "../runner/known-failures-file.ts";
import { compareRuns, knownFailuresOfRun } from "./compare-runs.ts";
import { edited, madeUpResults } from "./made-up-results.ts";

const ID = "handshake-answered";

describe("compareRuns", function () {
  this.timeout(60_000);

  it("finds two runs alike that differ in seed, time and target alone", async () => {
    const [one, other] = await Promise.all([madeUpResults(), madeUpResults({ seed: "abc", target: "./other" })]);
    assert.deepEqual(compareRuns(one.runs[0]!, other.runs[0]!), { differences: [], faults: [] });
  });

  it("names each case that ends otherwise, with why, and other features", async () => {
    const honest = await madeUpResults();
    const red = edited(await madeUpResults({ failing: [ID] }), (copy) => copy.runs[0]!.features!.push("x@1"));
    const { differences } = compareRuns(honest.runs[0]!, red.runs[0]!);
    assert.match(
      differences[0]!,
      /^features: published as server-identity@1, zstd@1, here server-identity@1, x@1, zstd@1$/,
    );
    assert.ok(
      differences.includes(`${ID}: published as pass, here fail (code-wrong: expected it to stop, got it went on)`),
    );
    assert.ok(
      differences.some((line) => /here blocked \(its positive twin handshake-answered ended as fail\)/.test(line)),
    );
  });

  it("blames the suite for its own fault, and misses a case that did not run", async () => {
    const honest = await madeUpResults();
    const other = edited(honest, ({ runs: [run] }) => {
      run!.cases[0]!.outcome = "harness-error";
      run!.cases.pop();
    });
    const { differences, faults } = compareRuns(honest.runs[0]!, other.runs[0]!);
    assert.deepEqual([differences.length, faults.length], [1, 1]);
    assert.match(differences[0]!, /published as .*, here not run/);
  });

  it("knows the failures by which a published run ended as it did, so that the same ones are alike again", async () => {
    const known: KnownFailure = { case: ID, code: "code-wrong", reason: "old", issue: "#1", expires: "2999-01-01" };
    const published = await madeUpResults({ failing: [ID], knownFailures: [known] });
    const knownFailures = knownFailuresOfRun(published.runs[0]!);
    assert.deepEqual(
      knownFailures.map((each) => [each.case, each.code]),
      [[ID, "code-wrong"]],
    );
    const again = await madeUpResults({ failing: [ID], knownFailures });
    assert.deepEqual(compareRuns(published.runs[0]!, again.runs[0]!).differences, []);
    const mended = await madeUpResults({ knownFailures });
    assert.match(compareRuns(published.runs[0]!, mended.runs[0]!).differences.join("\n"), /here unexpected-pass/);
  });
});
