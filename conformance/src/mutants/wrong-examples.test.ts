import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { CaseRecord } from "../case.ts";
import type { CaseResult } from "../runner/outcome.ts";
import { readTranscript, recordedIds } from "../transcripts/transcript-file.ts";
import type { ListedMutant } from "./mutant-result.ts";
import { wrongExamples } from "./wrong-examples.ts";

const wakes: CaseRecord = { id: "wakes", clauses: ["A-001", "A-002"], title: "an agent wakes" };

function mutant(clause: string, breaks: string): ListedMutant {
  return { end: "agent", id: "sleeps", clause, breaks, part: "bed", agentVersion: 51, hangs: false };
}

function failed(actual: string): CaseResult {
  const failure = { code: "asleep", expected: "awake", actual };
  return { id: "wakes", level: "MUST", outcome: "fail", durationMs: 1, observations: [], timeline: [], failure };
}

describe("wrongExamples", () => {
  const beside = mutant("A-002", "It snores.");
  const main = mutant("A-001", "It sleeps.");
  const later = mutant("A-001", "It sleeps late.");
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-examples-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("takes the first mutant of the case's main clause, in whatever order they end", () => {
    for (const order of [
      [beside, main, later],
      [later, main, beside],
    ]) {
      const examples = wrongExamples([beside, main, later], folder);
      for (const each of order) examples.take(each, wakes, failed(each.breaks));
      assert.deepEqual(examples.write(), ["wakes"]);
      const { wrong } = readTranscript("wakes", folder);
      assert.deepEqual([wrong?.of, wrong?.actual, wrong?.code], ["It sleeps.", "It sleeps.", "asleep"]);
      rmSync(join(folder, "wakes.json"));
    }
  });

  it("takes one of another clause where there is none of the main one", () => {
    const examples = wrongExamples([main, beside], folder);
    examples.take(beside, wakes, failed("snoring"));
    examples.write();
    assert.equal(readTranscript("wakes", folder).wrong?.actual, "snoring");
  });

  it("leaves an example that is there, and writes nothing for what caught nothing", () => {
    const first = wrongExamples([main], folder);
    assert.deepEqual([first.write(), recordedIds(folder)], [[], []]);
    first.take(main, wakes, failed("before"));
    first.write();
    const second = wrongExamples([main], folder);
    second.take(main, wakes, failed("after"));
    assert.deepEqual(second.write(), []);
    assert.equal(readTranscript("wakes", folder).wrong?.actual, "before");
  });
});
