import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { KnownFailure } from "./known-failures-file.ts";
import { type JudgedRun, updateKnownFailures } from "./update-known-failures.ts";

const known = (id: string, more: Partial<KnownFailure> = {}): KnownFailure => ({
  case: id,
  code: "did-not-stop",
  reason: "it cannot yet",
  issue: "https://issues.example/1",
  expires: "2027-01-31",
  ...more,
});
const ended = (id: string, outcome: JudgedRun["cases"][number]["outcome"], code?: string) => ({
  id,
  outcome,
  ...(code === undefined ? {} : { failure: { code } }),
});
const run = (...cases: JudgedRun["cases"]): JudgedRun => ({ agentVersion: 51, cases });
const empty = { reason: "", issue: "", expires: "" };

describe("updateKnownFailures", () => {
  it("keeps an entry that failed as it says, word by word, also an expired one", () => {
    const entry = known("stops", { expires: "2000-01-01" });
    for (const outcome of ["fail", "expected-failure"] as const) {
      const { entries, kept } = updateKnownFailures([entry], [run(ended("stops", outcome, "did-not-stop"))]);
      assert.deepEqual([entries, kept], [[entry], [entry]]);
    }
  });

  it("keeps the entry of a case that is blocked as it says", () => {
    const entry = known("refuses", { code: "blocked" });
    for (const outcome of ["blocked", "expected-failure"] as const) {
      assert.deepEqual(updateKnownFailures([entry], [run(ended("refuses", outcome))]).entries, [entry]);
    }
  });

  it("drops what passes, does not apply, or no longer fails so", () => {
    for (const each of [
      ended("stops", "unexpected-pass"),
      ended("stops", "pass"),
      ended("stops", "flaky"),
      ended("stops", "not-applicable"),
      ended("stops", "warn", "did-not-stop"),
    ]) {
      const { entries, dropped } = updateKnownFailures([known("stops")], [run(each)]);
      assert.deepEqual([entries, dropped], [[], [known("stops")]], each.outcome);
    }
  });

  it("adds what fails without an entry, for a person to fill in", () => {
    const { entries, added } = updateKnownFailures(
      [],
      [run(ended("stops", "fail", "late"), ended("refuses", "blocked"))],
    );
    assert.deepEqual(entries, [
      { case: "stops", code: "late", ...empty },
      { case: "refuses", code: "blocked", ...empty },
    ]);
    assert.deepEqual(added, entries);
  });

  it("takes a failure with another code for a new one: its reason was given for the old", () => {
    const { entries, dropped } = updateKnownFailures([known("stops")], [run(ended("stops", "fail", "late"))]);
    assert.deepEqual(entries, [{ case: "stops", code: "late", ...empty }]);
    assert.deepEqual(dropped, [known("stops")]);
  });

  it("leaves alone what was not judged, and where the suite slipped", () => {
    const entries = [known("of-the-other-end"), known("stops")];
    assert.deepEqual(updateKnownFailures(entries, [run(ended("stops", "harness-error"))]).entries, entries);
  });

  describe("of several agents", () => {
    const older = (...cases: JudgedRun["cases"]): JudgedRun => ({ agentVersion: 46, cases });

    it("keeps an entry for any of them where all fail", () => {
      const failing = ended("stops", "fail", "did-not-stop");
      assert.deepEqual(updateKnownFailures([known("stops")], [run(failing), older(failing)]).entries, [known("stops")]);
    });

    it("narrows it to those that fail", () => {
      const runs = [run(ended("stops", "unexpected-pass")), older(ended("stops", "fail", "did-not-stop"))];
      assert.deepEqual(updateKnownFailures([known("stops")], runs).entries, [known("stops", { agentVersion: 46 })]);
    });

    it("binds a new entry to its version", () => {
      const runs = [run(ended("stops", "pass")), older(ended("stops", "fail", "late"))];
      assert.deepEqual(updateKnownFailures([], runs).entries, [
        { case: "stops", code: "late", agentVersion: 46, ...empty },
      ]);
    });
  });
});
