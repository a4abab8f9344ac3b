import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Outcome } from "../runner/outcome.ts";
import { idsOfShard, type Shard } from "../runner/shard.ts";
import { mergeResults, type ResultsOfFile } from "./merge-results.ts";
import { CannotMerge } from "./merge-run.ts";
import { type Results, type RunResults, resultsOf } from "./results.ts";
import type { ReportedCase, RunEvent, RunStarted } from "./run-event.ts";

const IDS = ["a", "b", "c", "d", "e"];

describe("mergeResults", () => {
  it("makes one conformant run of all shards, in whatever order they come", () => {
    const merged = mergeResults([fileOf(3, 3), fileOf(1, 3), fileOf(2, 3)]);
    const [run] = merged.runs;
    assert.equal(merged.exitCode, 0);
    assert.deepEqual(
      run?.cases.map(({ id }) => id),
      IDS,
    );
    assert.deepEqual(
      [run?.label, run?.shard, run?.mergedFrom, run?.caseCount, run?.counts.pass, run?.executedRequired],
      ["agent", undefined, 3, 5, 5, 5],
    );
    assert.deepEqual(run?.sentences, ["conformant: 5 cases of required clauses ran (profile agent-49)"]);
    assert.equal(
      run?.digest,
      resultsOf(eventsOf(undefined), 0).runs[0]?.digest,
      "the digest is that of the same run whole",
    );
    assert.match(run?.digest ?? "", /^[0-9a-f]{64}$/);
    assert.equal(run?.seed, "s1, s2, s3");
    assert.deepEqual([run?.durationMs, run?.timeScale], [3000, 3]);
  });

  it("says of a merge what it says of the same cases in one run", () => {
    const outcomes = { b: "fail" } as const;
    const merged = mergeResults([fileOf(1, 2, { outcomes }), fileOf(2, 2, { outcomes })]);
    assert.equal(merged.exitCode, 1);
    assert.deepEqual(merged.runs[0]?.sentences, ["not conformant"]);
    assert.deepEqual(merged.counts, resultsOf(eventsOf(undefined, { outcomes }), 1).counts);
  });

  it("holds the floor against the sum: exit 3 where it is not reached", () => {
    const more = { started: { floor: 6 } };
    const merged = mergeResults([fileOf(1, 2, more), fileOf(2, 2, more)]);
    assert.equal(merged.exitCode, 3);
    assert.match(merged.runs[0]!.sentences.join(), /only 5 cases .* asks for 6/);
  });

  it("exits with 3 where a shard is missing, and names it, however much ran", () => {
    const merged = mergeResults([fileOf(1, 3, { started: { floor: 1 } }), fileOf(3, 3, { started: { floor: 1 } })]);
    assert.equal(merged.exitCode, 3);
    assert.equal(merged.runs[0]?.sentences[0], "shard 2/3 is missing");
    assert.equal(merged.runs[0]?.digest, undefined, "nothing can be claimed of a part");
  });

  it("exits with 3 where a shard is missing of a filtered run too", () => {
    assert.equal(mergeResults([fileOf(1, 2, { started: { filter: "x" } })]).exitCode, 3);
  });

  it("stays not conformant where a shard is missing and another shows a failure", () => {
    const merged = mergeResults([fileOf(1, 2, { outcomes: { a: "fail" } })]);
    assert.equal(merged.exitCode, 1);
    assert.deepEqual(merged.runs[0]?.sentences, ["shard 2/2 is missing", "not conformant"]);
  });

  it("exits with 3 where a shard was cut off, or the shards have not all cases between them", () => {
    const cut = mergeResults([fileOf(1, 2, { started: { caseCount: 4 } }), fileOf(2, 2)]);
    assert.deepEqual([cut.exitCode, cut.runs[0]?.sentences[0]], [3, "shard 1/2 was cut off: 3 of its 4 cases ended"]);
    const more = { started: { catalogue: { cases: 6, digest: "same" } } };
    const few = mergeResults([fileOf(1, 2, more), fileOf(2, 2, more)]);
    assert.deepEqual([few.exitCode, few.runs[0]?.sentences[0]], [3, "the shards have 5 of the 6 cases between them"]);
  });

  it("never calls filtered shards or those of a level conformant", () => {
    const sentences = (started: Partial<RunStarted>) =>
      mergeResults([fileOf(1, 2, { started }), fileOf(2, 2, { started })]).runs[0]!.sentences.join("\n");
    assert.equal(sentences({ filter: "x" }), "filtered run, proves nothing about conformance");
    assert.match(sentences({ level: "hello" }), /^level hello is reached: .*\n.*not conformance/);
  });

  it("blames the suite, exit 4, for its own fault in one shard", () => {
    assert.equal(mergeResults([fileOf(1, 2, { outcomes: { a: "harness-error" } }), fileOf(2, 2)]).exitCode, 4);
  });

  it("is red for a known failure that is at fault in any shard, and says so once", () => {
    const problems = ["z is stale: there is no such case"];
    const merged = mergeResults([fileOf(1, 2, { problems }), fileOf(2, 2, { problems })]);
    assert.equal(merged.exitCode, 1);
    assert.deepEqual(merged.runs[0]?.sentences, [`known failures: ${problems[0]}`, "not conformant"]);
  });

  it("keeps runs of different targets side by side, each with a name of its own", () => {
    const other = (index: number) => fileOf(index, 2, { started: { target: "./other", agentVersion: 42 } });
    const merged = mergeResults([fileOf(1, 2), other(1), fileOf(2, 2), other(2)]);
    assert.deepEqual(
      merged.runs.map(({ label, target, cases }) => [label, target, cases.length]),
      [
        ["agent 51", "./agent", 5],
        ["agent 42", "./other", 5],
      ],
    );
  });

  it("leaves a whole run as it is, and takes the gravest of several", () => {
    const whole = { file: "whole.json", results: resultsOf(eventsOf(undefined), 0) };
    assert.deepEqual(mergeResults([whole]), whole.results);
    const red = resultsOf(eventsOf(undefined, { started: { target: "./red" }, outcomes: { a: "fail" } }), 1);
    assert.equal(mergeResults([whole, { file: "red.json", results: red }]).exitCode, 1);
  });

  it("exits with 3 where no run is in any file, and with 5 where a target was not reached", () => {
    assert.equal(mergeResults([{ file: "none.json", results: resultsOf([], 3) }]).exitCode, 3);
    const unreached = { ...resultsOf([], 5), unreached: ["nobody answers"] };
    const merged = mergeResults([fileOf(1, 1), { file: "unreached.json", results: unreached }]);
    assert.deepEqual([merged.exitCode, merged.unreached], [5, ["nobody answers"]]);
  });

  it("is red for a gap between clauses and cases in any file", () => {
    const gate = { required: 1, covered: 0, excused: 0, gaps: ["A-001 has no case and no reason"] };
    const results = resultsOf(eventsOf(undefined), 1, gate);
    assert.equal(mergeResults([{ file: "gap.json", results }]).exitCode, 1);
  });

  const foreign: [string, Partial<RunStarted>, RegExp][] = [
    ["another agent version", { agentVersion: 50 }, /agent version is 51 and 50/],
    ["other features", { features: ["zstd@1"] }, /features is none and zstd@1/],
    ["another profile", { profile: "agent-46" }, /profile is agent-49 .* and agent-46/],
    ["another floor", { floor: 4 }, /profile is .* floor of 5 and .* floor of 4/],
    ["another version of the suite", { suiteVersion: "0.2.0" }, /suite version is 0\.1\.0 and 0\.2\.0/],
    ["other cases to choose from", { catalogue: { cases: 5, digest: "other" } }, /catalogue is same and other/],
    ["another specification", { specification: { version: "0.1.0", digest: "x" } }, /specification is none and x/],
    ["another filter", { filter: "x" }, /filter is none and x/],
    ["another level", { level: "hello" }, /level is none and hello/],
    ["another number of shards", { shard: { index: 2, count: 3 } }, /number of shards is 2 and 3/],
    ["no shard", { shard: undefined }, /number of shards is 2 and whole/],
  ];
  for (const [what, started, message] of foreign) {
    it(`refuses a shard with ${what}`, () => {
      assert.throws(
        () => mergeResults([fileOf(1, 2), fileOf(2, 2, { started })]),
        (error) => error instanceof CannotMerge && message.test(error.message) && /1-of-2\.json/.test(error.message),
      );
    });
  }

  it("refuses a shard or a run that is there twice", () => {
    assert.throws(() => mergeResults([fileOf(1, 2), fileOf(1, 2)]), /shard 1\/2 of .\/agent is in .*: give it once/);
    const whole = { file: "whole.json", results: resultsOf(eventsOf(undefined), 0) };
    assert.throws(() => mergeResults([whole, whole]), /the run of .\/agent is in whole.json and in whole.json/);
  });

  it("refuses shards that have a case in common", () => {
    const [first] = fileOf(1, 2).results.runs;
    const run: RunResults = { ...first!, shard: { index: 2, count: 2 } };
    const results: Results = { ...fileOf(2, 2).results, runs: [run] };
    assert.throws(
      () => mergeResults([fileOf(1, 2), { file: "2.json", results }]),
      /the case a is in .* no shards of one run/,
    );
  });
});

interface More {
  readonly started?: Partial<RunStarted>;
  readonly outcomes?: Readonly<Record<string, Outcome>>;
  readonly problems?: readonly string[];
}

function fileOf(index: number, count: number, more: More = {}): ResultsOfFile {
  return { file: `${index}-of-${count}.json`, results: resultsOf(eventsOf({ index, count }, more), 0) };
}

function eventsOf(shard: Shard | undefined, { started, outcomes = {}, problems = [] }: More = {}): RunEvent[] {
  const suite = "agent";
  const own = shard === undefined ? new Set(IDS) : idsOfShard(IDS, shard);
  const index = shard?.index ?? 1;
  return [
    {
      type: "run-started",
      suite,
      at: "2026-01-01T00:00:00Z",
      target: "./agent",
      agentVersion: 51,
      suiteVersion: "0.1.0",
      catalogue: { cases: IDS.length, digest: "same" },
      profile: "agent-49",
      floor: 5,
      seed: `s${index}`,
      timeScale: index,
      calibration: { roundTripMs: 1, timerLateMs: 1, stretch: index },
      shard,
      caseCount: own.size,
      ...started,
    },
    ...IDS.filter((id) => own.has(id)).map(
      (id): RunEvent => ({ type: "case-ended", suite, case: caseOf(id, outcomes[id]) }),
    ),
    {
      type: "run-ended",
      suite,
      at: `2026-01-01T00:00:0${index}Z`,
      exitCode: Object.values(outcomes).includes("fail") ? 1 : 0,
      sentences: [],
      knownFailureProblems: problems,
    },
  ];
}

function caseOf(id: string, outcome: Outcome = "pass"): ReportedCase {
  const place = IDS.indexOf(id);
  const clause = {
    id: `A-00${place}`,
    sentence: "An agent MUST stop.",
    level: "MUST",
    page: "page.md",
    topic: "Topic",
    place,
  } as const;
  return {
    id,
    level: "MUST",
    outcome,
    durationMs: 1,
    title: "An agent stops",
    clauses: [clause],
    page: "page.md",
    topic: "Topic",
    place,
    repro: `again ${id}`,
    observations: [],
    timeline: [],
  };
}
