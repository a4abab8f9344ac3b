import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { consoleLines } from "./console.ts";
import { resultsOf } from "./results.ts";
import type { ReportedCase, RunEvent } from "./run-event.ts";
import { buildJunit } from "./write-junit.ts";

const stops: ReportedCase = {
  id: "stops",
  level: "MUST",
  outcome: "fail",
  durationMs: 12,
  title: "An agent stops",
  clauses: [{ id: "A-001", sentence: "An agent MUST stop.", level: "MUST", page: "page.md", topic: "Topic", place: 0 }],
  place: 0,
  page: "page.md",
  topic: "Topic",
  repro: "berth-conformance agent --filter stops",
  failure: { code: "did-not-stop", expected: "it to stop", actual: "it went on <for ever>" },
  observations: [],
  timeline: [
    { atMs: 1.5, direction: "sent", peer: "server", method: "Negotiate", message: { product: "P" } },
    { atMs: 2, direction: "received", peer: "server", method: "Negotiate", message: { dialect: 49 } },
  ],
};

const passes: ReportedCase = { ...stops, id: "passes", outcome: "pass", failure: undefined, timeline: [] };

const events: readonly RunEvent[] = [
  {
    type: "run-started",
    suite: "agent",
    at: "2026-01-01T00:00:00Z",
    target: "./agent",
    suiteVersion: "0.1.0",
    catalogue: { cases: 2, digest: "0123456789ab" },
    profile: "agent-49",
    floor: 2,
    seed: "5eed",
    timeScale: 1,
    calibration: { roundTripMs: 1, timerLateMs: 1, stretch: 1 },
    caseCount: 2,
  },
  { type: "case-ended", suite: "agent", case: passes },
  { type: "case-ended", suite: "agent", case: stops },
  {
    type: "run-ended",
    suite: "agent",
    at: "2026-01-01T00:00:07Z",
    exitCode: 1,
    sentences: ["not conformant"],
    knownFailureProblems: [],
  },
];

describe("consoleLines", () => {
  const lines = consoleLines(resultsOf(events, 1), false);
  const all = lines.join("\n");

  it("says requirement, expected, actual, the wire, and how to run it again", () => {
    assert.match(all, /requirement A-001: An agent MUST stop\.\n +expected +it to stop\n +actual +it went on/);
    assert.match(all, /1\.5 ms {2}server ──▶ agent {2}Negotiate {2}\{"product":"P"\}/);
    assert.match(all, /2\.0 ms {2}server ◀── agent/);
    assert.match(all, /again +berth-conformance agent --filter stops/);
  });

  it("ends with one line that begins with the counts", () => {
    assert.equal(lines.at(-1), "1 passed, 1 failed, 0 not applicable");
    assert.equal(lines.filter((line) => /^\d+ passed, \d+ failed/.test(line)).length, 1);
  });

  it("says why a case is blocked, and what the likely cause of a failure is", () => {
    const blocked: ReportedCase = { ...passes, outcome: "blocked", reason: "its positive twin x ended as fail" };
    const likely: ReportedCase = { ...stops, failure: { ...stops.failure!, hint: "a stuck brake" } };
    const reported = [likely, blocked].map((each): RunEvent => ({ type: "case-ended", suite: "agent", case: each }));
    const text = consoleLines(resultsOf([...events, ...reported], 1), false).join("\n");
    assert.match(text, /■ A-001 +passes .*\[blocked: its positive twin x ended as fail\]/);
    assert.match(text, /actual .*\n +likely +a stuck brake\n/);
  });

  it("quotes the clause that was broken, and it alone, where a failure names one", () => {
    const brokenClause = { ...stops.clauses[0]!, id: "A-002", sentence: "An agent MUST rest." };
    const failure = { ...stops.failure!, clause: "A-002" };
    const broken: RunEvent = { type: "case-ended", suite: "agent", case: { ...stops, failure, brokenClause } };
    const text = consoleLines(resultsOf([...events, broken], 1), false).join("\n");
    assert.match(text, /requirement A-002: An agent MUST rest\./);
    assert.doesNotMatch(text, /requirement A-001/);
  });

  it("lets a target neither move the cursor nor begin a line of its own", () => {
    const hostile = "\u001b[2J\n999 passed, 0 failed\r\u202e";
    const timeline = [{ ...stops.timeline[0]!, peer: hostile, message: hostile }];
    const failure = { ...stops.failure!, actual: hostile };
    const bad: RunEvent = {
      type: "case-ended",
      suite: "agent",
      case: { ...stops, failure, timeline, observations: [hostile] },
    };
    const shown = consoleLines(resultsOf([...events, bad], 1), false).join("\n");
    for (const unseen of ["\u001b", "\r", "\u202e"]) assert.ok(!shown.includes(unseen), JSON.stringify(unseen));
    assert.equal(shown.split("\n").filter((line) => /^\d+ passed/.test(line)).length, 1);
  });

  it("puts where the reports are above the verdict", () => {
    const noted = consoleLines(resultsOf(events, 1), false, ["report: r.html"]);
    assert.equal(noted.indexOf("report: r.html"), noted.indexOf("agent: not conformant") - 1);
  });

  it("says the digest of a run of all cases, and none of a part", () => {
    const results = resultsOf(events, 1);
    const line = `agent: digest ${results.runs[0]?.digest} (berth-conformance verify)`;
    assert.equal(consoleLines(results, false).filter((each) => each === line).length, 1);
    const [started, ...rest] = events;
    const part = resultsOf([{ ...started, filter: "stops" } as RunEvent, ...rest], 1);
    assert.doesNotMatch(consoleLines(part, false).join("\n"), /digest/);
  });

  it("takes the last word on a case", () => {
    const corrected: RunEvent = { type: "case-ended", suite: "agent", case: { ...passes, outcome: "harness-error" } };
    const { counts } = resultsOf([...events, corrected], 4);
    assert.deepEqual([counts.pass, counts.fail, counts["harness-error"]], [0, 1, 1]);
  });
});

describe("several agents in one run", () => {
  const [started, ...rest] = events as [Extract<RunEvent, { type: "run-started" }>, ...RunEvent[]];
  const runOf = (agentVersion: number): RunEvent[] => [{ ...started, agentVersion }, ...rest];
  const results = resultsOf([...runOf(42), ...runOf(46), ...runOf(46)], 1);

  it("are runs of their own, told apart by version", () => {
    assert.deepEqual(
      results.runs.map((run) => [run.label, run.cases.length]),
      [
        ["agent 42", 2],
        ["agent 46", 2],
        ["agent 46 (2)", 2],
      ],
    );
    assert.equal(results.counts.fail, 3);
  });

  it("are told apart on the console and in JUnit", () => {
    assert.match(consoleLines(results, false).join("\n"), /^agent 42: not conformant\nagent 46: not conformant$/m);
    assert.match(buildJunit(results), /<testsuite name="agent 42 page.md"[\s\S]*classname="agent 46 \(2\)\.page\.md/);
  });
});
