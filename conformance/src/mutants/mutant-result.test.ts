import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CaseRecord } from "../case.ts";
import type { FailureFacts } from "../runner/failure.ts";
import type { CaseResult } from "../runner/outcome.ts";
import { judgeMutantCase, type ListedMutant } from "./mutant-result.ts";

const mutant: ListedMutant = {
  end: "agent",
  id: "sleeps",
  clause: "A-001",
  breaks: "It sleeps.",
  part: "bed",
  agentVersion: 51,
  hangs: false,
};
const record: CaseRecord = { id: "wakes", clauses: ["A-002", "A-001"], title: "an agent wakes" };
const passed: CaseResult = {
  id: "wakes",
  level: "MUST",
  outcome: "pass",
  durationMs: 1,
  observations: [],
  timeline: [],
};

function failed(facts: Partial<FailureFacts>): CaseResult {
  return { ...passed, outcome: "fail", failure: { code: "asleep", expected: "awake", actual: "asleep", ...facts } };
}

describe("judgeMutantCase", () => {
  const kills = (result: CaseResult, of: ListedMutant = mutant, on: CaseRecord = record) =>
    judgeMutantCase(of, on, result).kills;

  it("counts a failure that names the clause", () => assert.ok(kills(failed({ clause: "A-001" }))));

  it("counts a failure that names no clause of a case that cites it", () => assert.ok(kills(failed({}))));

  it("counts neither a failure that names another clause nor one of a case that does not cite it", () => {
    assert.ok(!kills(failed({ clause: "A-002" })));
    assert.ok(!kills(failed({}), mutant, { ...record, clauses: ["A-002"] }));
  });

  it("counts nothing but failures", () => {
    for (const outcome of ["pass", "observed", "blocked", "not-applicable", "flaky", "harness-error"] as const) {
      assert.ok(!kills({ ...failed({ clause: "A-001" }), outcome }), outcome);
    }
  });

  it("counts a case that ran out of time for a mutant that is meant to hang, and for no other", () => {
    const late = failed({ code: "case-timed-out" });
    assert.deepEqual([kills(late), kills(late, { ...mutant, hangs: true })], [false, true]);
  });
});
