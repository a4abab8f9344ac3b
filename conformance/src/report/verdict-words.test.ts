import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ExitCode } from "../runner/exit-code.ts";
import { type RunResults, resultsOf } from "./results.ts";
import type { RunStarted } from "./run-event.ts";
import { verdictWords, whyRed } from "./verdict-words.ts";

describe("verdictWords", () => {
  it("calls only exit code 0 conformant", () => {
    assert.equal(verdictWords(resultsOf([], 0)), "conformant");
    for (const code of [1, 2, 3, 4, 5] as const) assert.doesNotMatch(verdictWords(resultsOf([], code)), /^conformant/);
  });

  it("never calls a run conformant that was narrowed by a filter, a level or a shard", () => {
    for (const narrowing of [{ filter: "x" }, { level: "hello" }, { shard: { index: 1, count: 2 } }]) {
      assert.match(verdictWords(resultsWith(0, narrowing)), /conformance is not proven/);
    }
    assert.equal(verdictWords(resultsWith(0, {})), "conformant");
    assert.equal(verdictWords(resultsWith(1, { filter: "x" })), "not conformant");
  });
});

describe("whyRed", () => {
  it("names targets that were not judged, runs that are not green and gaps, and nothing of what is green", () => {
    const gate = { required: 1, covered: 0, excused: 0, gaps: ["a gap"] };
    const red = { ...resultsWith(3, {}), clauseGate: gate, unreached: ["nobody answers"] };
    assert.deepEqual(whyRed(red), ["nobody answers", "agent: too little ran", "a gap"]);
    assert.deepEqual(whyRed(resultsWith(0, {})), []);
  });
});

function resultsWith(exitCode: ExitCode, narrowing: Partial<RunStarted>) {
  const results = resultsOf(
    [
      {
        type: "run-started",
        suite: "agent",
        at: "2026-01-01T00:00:00Z",
        target: "./agent",
        suiteVersion: "0.1.0",
        catalogue: { cases: 0, digest: "same" },
        profile: "agent-49",
        floor: 0,
        seed: "5eed",
        timeScale: 1,
        calibration: { roundTripMs: 1, timerLateMs: 1, stretch: 1 },
        caseCount: 0,
        ...narrowing,
      },
    ],
    exitCode,
  );
  const runs = results.runs.map((run): RunResults => ({ ...run, exitCode, sentences: ["too little ran"] }));
  return { ...results, runs };
}
