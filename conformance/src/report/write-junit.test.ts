import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Outcome } from "../runner/outcome.ts";
import { type Results, resultsOf } from "./results.ts";
import type { ReportedCase, RunEvent } from "./run-event.ts";
import { buildJunit } from "./write-junit.ts";

const HOSTILE = `]]></failure><x> & "quoted" 'too' \u0000\u001b[2J`;

describe("buildJunit", () => {
  it("counts every case of a page once, as what readers know", () => {
    const xml = buildJunit(
      resultsOfOutcomes(["pass", "fail", "blocked", "not-applicable", "warn", "harness-error", "expected-failure"]),
    );
    assert.match(xml, /<testsuites name="berth-conformance" tests="7" failures="2" errors="1" skipped="2">/);
    assert.match(
      xml,
      /<testsuite name="agent page.md" timestamp="2026-01-01T00:00:00" time="0\.084" tests="7" failures="2" errors="1" skipped="2">/,
    );
    assert.equal(xml.match(/<testcase /g)?.length, 7);
    assert.equal(xml.match(/ time="0\.012"/g)?.length, 7);
  });

  it("says of a run what it was about, and of a case its clauses, its level and how it ended", () => {
    const xml = buildJunit(resultsOfOutcomes(["fail"]));
    for (const [name, value] of [
      ["target", "./agent"],
      ["suite version", "0.1.0"],
      ["seed", "5eed"],
      ["agent version", "51"],
      ["profile", "agent-49, at least 1 required cases; 1 ran"],
      ["clause", "A-001"],
      ["level", "MUST"],
      ["outcome", "fail"],
    ]) {
      assert.ok(xml.includes(`<property name="${name}" value="${value}"/>`), name);
    }
  });

  it("tells of a failure the requirement, expected, actual, the likely cause, the wire and how to run it again", () => {
    const [, text] =
      /<failure message="[^"]*" type="did-not-stop"><!\[CDATA\[([\s\S]*?again: .*)\]\]>/.exec(
        buildJunit(resultsOfOutcomes(["fail"])),
      ) ?? [];
    assert.match(text ?? "", /requirement A-001: An agent MUST stop\.\nexpected: it to stop\nactual: /);
    assert.match(text ?? "", /\nlikely: a stuck brake\ntimeline:\n +1\.5 ms {2}server ──▶ agent {2}Negotiate/);
    assert.match(text ?? "", /\nagain: berth-conformance agent --filter case-0$/);
  });

  it("tells why a case was skipped or passed with a warning", () => {
    for (const outcome of ["warn", "not-applicable", "flaky", "expected-failure", "observed"] as const) {
      const xml = buildJunit(resultsOfOutcomes([outcome]));
      assert.match(xml, new RegExp(`<system-out><!\\[CDATA\\[case-0 \\[${outcome}\\]`));
    }
    assert.doesNotMatch(buildJunit(resultsOfOutcomes(["pass"])), /system-out|verdict is/);
  });

  it("lets a target neither end an element nor put in what XML cannot hold", () => {
    const xml = buildJunit(resultsOfOutcomes(["fail", "blocked", "warn"]));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    assert.doesNotMatch(xml, /[\u0000-\u0008\u000b-\u001f]/);
    const bare = xml.replaceAll(/<!\[CDATA\[[\s\S]*?\]\]>/g, "");
    assert.doesNotMatch(bare, /<x>/);
    assert.equal(bare.match(/<failure/g)?.length, 2);
    assert.equal(bare.match(/<\/failure>/g)?.length, 2);
  });

  it("is red where the verdict is and no case says so: too little ran, nobody answered, a gap", () => {
    const gate = { required: 1, covered: 0, excused: 0, gaps: ["A-001 has no case"] };
    const few = { ...resultsOfOutcomes(["pass"]), exitCode: 3 as const };
    for (const [results, words] of [
      [{ ...few, runs: [{ ...few.runs[0]!, exitCode: 3 as const, sentences: ["only 1 ran"] }] }, "agent: only 1 ran"],
      [{ ...resultsOf([], 5), unreached: ["nobody answers"] }, "nobody answers"],
      [resultsOf([], 1, gate), "A-001 has no case"],
    ] as const) {
      const xml = buildJunit(results);
      assert.match(xml, /<testcase classname="verdict"[^>]*>\s*<failure [^>]*type="exit-[135]"/);
      assert.ok(xml.includes(`<![CDATA[${words}]]>`), xml);
    }
    assert.doesNotMatch(buildJunit(resultsOfOutcomes(["fail"])), /classname="verdict"/);
  });
});

function resultsOfOutcomes(outcomes: readonly Outcome[]): Results {
  const suite = "agent";
  const exitCode = outcomes.includes("fail") ? 1 : 0;
  const at = "2026-01-01T00:00:00.500Z";
  const calibration = { roundTripMs: 1, timerLateMs: 1, stretch: 1 };
  const catalogue = { cases: outcomes.length, digest: "0123456789ab" };
  const facts = {
    target: "./agent",
    agentVersion: 51,
    suiteVersion: "0.1.0",
    catalogue,
    profile: "agent-49",
    floor: 1,
    seed: "5eed",
    timeScale: 1,
    calibration,
  };
  const ended = outcomes.map(
    (outcome, index): RunEvent => ({ type: "case-ended", suite, case: caseOf(`case-${index}`, outcome) }),
  );
  return resultsOf(
    [
      { type: "run-started", suite, at, ...facts, caseCount: outcomes.length },
      ...ended,
      { type: "run-ended", suite, at, exitCode, sentences: ["the verdict"], knownFailureProblems: [] },
    ],
    exitCode,
  );
}

function caseOf(id: string, outcome: Outcome): ReportedCase {
  const clause = {
    id: "A-001",
    sentence: "An agent MUST stop.",
    level: "MUST",
    page: "page.md",
    topic: "Topic",
    place: 0,
  } as const;
  const failure = { code: "did-not-stop", expected: "it to stop", actual: HOSTILE, hint: "a stuck brake" };
  const fails = outcome === "fail" || outcome === "warn" || outcome === "expected-failure";
  return {
    id,
    level: "MUST",
    outcome,
    durationMs: 12,
    title: "An agent stops",
    clauses: [clause],
    page: "page.md",
    topic: "Topic",
    place: 0,
    repro: `berth-conformance agent --filter ${id}`,
    observations: [],
    timeline: fails
      ? [{ atMs: 1.5, direction: "sent", peer: "server", method: "Negotiate", message: { text: HOSTILE } }]
      : [],
    ...(fails ? { failure } : {}),
    ...(outcome === "pass" || fails ? {} : { reason: HOSTILE }),
  };
}
