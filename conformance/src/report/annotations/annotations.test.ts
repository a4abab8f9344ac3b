import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Outcome } from "../../runner/outcome.ts";
import { type Results, resultsOf } from "../results.ts";
import type { ReportedCase, RunEvent } from "../run-event.ts";
import { azureLines, azureShield } from "./azure.ts";
import { bounded } from "./bounded.ts";
import { ciServiceOf } from "./ci-service.ts";
import { findingsOf } from "./finding.ts";
import { githubLines, githubShield } from "./github.ts";
import { gitlabReport } from "./gitlab.ts";
import { jobSummary } from "./job-summary.ts";
import { teamcityLines, teamcityShield } from "./teamcity.ts";

/** What would begin a command of every service, end a property, a block or a cell, or move the cursor of a terminal. */
const HOSTILE = "50%0A%25\n::error::mine\r##vso[task.complete]##teamcity[x] a,b:c;d]'|`````` </details><b> \u001b[2J é";

describe("what is found in a run", () => {
  it("names errors before warnings, the failed before the blocked, and leaves out what is green", () => {
    const results = resultsOfOutcomes(["warn", "blocked", "pass", "fail", "not-applicable", "flaky", "harness-error"]);
    assert.deepEqual(
      findingsOf(results).map(({ severity, key }) => `${severity} ${key}`),
      [
        "error agent",
        "error agent/case-3-fail",
        "error agent/case-6-harness-error",
        "error agent/case-1-blocked",
        "warning agent/case-0-warn",
        "warning agent/case-5-flaky",
      ],
    );
  });

  it("is nothing where all is green", () => {
    assert.deepEqual(findingsOf(resultsOfOutcomes(["pass", "observed"])), []);
  });

  it("says requirement, expected, actual, cause and how to run it again, with nothing unseen in it", () => {
    const { text } = findingsOf(resultsOfOutcomes(["fail"]))[1]!;
    assert.match(text, /requirement A-001: An agent MUST stop\.\nexpected it to stop\nactual 50%0A%25\n/);
    assert.match(text, /likely a stuck brake\nagain berth-conformance agent --filter case-0-fail$/);
    assert.ok(!text.includes("\u001b"));
  });

  it("names a target that was not judged, and a gap between clauses and cases", () => {
    const gate = { required: 1, covered: 0, excused: 0, gaps: ["A-001 has no case and no reason"] };
    const findings = findingsOf({ ...resultsOf([], 5, gate), unreached: ["nobody answers"] });
    assert.deepEqual(
      findings.map(({ severity, text }) => [severity, text]),
      [
        ["error", "nobody answers"],
        ["error", "A-001 has no case and no reason"],
      ],
    );
  });
});

describe("a bounded number of findings", () => {
  const findings = findingsOf(resultsOfOutcomes([...Array(20).fill("fail"), ...Array(3).fill("warn")]));

  it("says in the last one how many more there are, of each kind", () => {
    const shown = bounded(findings, 10, "report.html");
    assert.equal(shown.filter(({ severity }) => severity === "error").length, 10);
    assert.deepEqual([shown[9]?.title, shown[9]?.text], ["12 more errors", "All of them are in report.html."]);
    assert.equal(shown.filter(({ severity }) => severity === "warning").length, 3);
  });

  it("leaves them alone where there are no more than that", () => {
    assert.deepEqual(bounded(findings, 21, "report.html"), findings);
  });
});

describe("annotations", () => {
  const findings = findingsOf(resultsOfOutcomes(["fail", "warn"]));

  it("are one workflow command each for GitHub, which reads back what was meant", () => {
    const lines = githubLines(findings);
    assert.equal(lines.length, 3);
    for (const [index, line] of lines.entries()) {
      const [, severity, title, data] = /^::(error|warning) title=([^:,]*)::([^\n\r]*)$/.exec(line)!;
      const read = (text: string) => text.replace(/%(0D|0A|25|3A|2C)/g, (code) => decodeURIComponent(code));
      assert.deepEqual(
        [severity, read(title!), read(data!)],
        [findings[index]?.severity, findings[index]?.title, findings[index]?.text],
      );
    }
  });

  it("keep GitHub from reading commands in what a target wrote", () => {
    assert.deepEqual(githubShield(["::error::mine"], "t0ken"), [
      "::stop-commands::t0ken",
      "::error::mine",
      "::t0ken::",
    ]);
  });

  it("are one logging command each for Azure, and none comes from a target", () => {
    const lines = azureLines(findings);
    for (const line of lines) assert.match(line, /^##vso\[task\.logissue type=(error|warning);code=[a-z-]+\][^\n\r]+$/);
    assert.match(lines[1]!, /actual 50%AZP250A%AZP2525%0A::error::mine/);
    for (const line of azureShield([`x ${HOSTILE}`, "##[error]mine"])) assert.doesNotMatch(line, /##(vso)?\[/);
  });

  it("are service messages for TeamCity, and none comes from a target", () => {
    const lines = teamcityLines(findings, "it's.xml");
    assert.equal(lines[0], "##teamcity[importData type='junit' path='it|'s.xml']");
    for (const line of lines)
      assert.match(line, /^##teamcity\[\w+( \w+='(\|['|\][nr]|\|0x[0-9a-f]{4}|[^'|\][\n\r\u0080-\uffff])*')+\]$/);
    assert.match(lines[2]!, /buildProblem .* identity='[0-9a-f]{40}'/);
    assert.match(lines[3]!, /status='WARNING'/);
    for (const line of teamcityShield([HOSTILE])) assert.doesNotMatch(line, /##teamcity\[/);
  });

  it("are a code quality report for GitLab, the same fingerprint in every build", () => {
    const issues = JSON.parse(gitlabReport(findings)) as Record<string, unknown>[];
    assert.deepEqual(
      issues.map(({ severity, check_name }) => [severity, check_name]),
      [
        ["critical", "run"],
        ["critical", "did-not-stop"],
        ["minor", "did-not-stop"],
      ],
    );
    for (const { fingerprint } of issues) assert.match(String(fingerprint), /^[0-9a-f]{64}$/);
    assert.equal(new Set(issues.map(({ fingerprint }) => fingerprint)).size, issues.length);
    assert.equal(gitlabReport(findings), gitlabReport(findingsOf(resultsOfOutcomes(["fail", "warn"]))));
    assert.deepEqual(issues[1]?.location, { path: "spec/page.md", lines: { begin: 1 } });
  });
});

describe("the job summary", () => {
  it("has the verdict, a row for each run and what was found, and a target cannot write Markdown or HTML into it", () => {
    const text = jobSummary(resultsOfOutcomes(["fail"]), "report.html");
    assert.match(text, /^## Berth conformance: not conformant\n/);
    assert.match(text, /\| agent \| not conformant \| 1 of at least 1 \| 0 passed, 1 failed, 0 not applicable \|/);
    const [, fence, inside] = /\n(`{3,})text\n([\s\S]*case-0-fail)\n\1\n/.exec(text)!;
    assert.equal(fence, "```````"); // one more than the target wrote
    assert.ok(inside?.includes("</details><b>"));
    assert.doesNotMatch(text.replace(inside!, ""), /<b>/);
  });

  it("stays far below the megabyte that GitHub takes, with a thousand failures", () => {
    const text = jobSummary(resultsOfOutcomes(Array(1000).fill("fail")), "report.html");
    assert.ok(text.length < 200_000, String(text.length));
    assert.match(text, /952 more errors/);
  });
});

describe("ciServiceOf", () => {
  it("knows a service by the variable that it documents, and is silent elsewhere", () => {
    assert.equal(ciServiceOf({ GITHUB_ACTIONS: "true" }), "github");
    assert.equal(ciServiceOf({ GITLAB_CI: "true" }), "gitlab");
    assert.equal(ciServiceOf({ TF_BUILD: "True" }), "azure");
    assert.equal(ciServiceOf({ TEAMCITY_VERSION: "2026.1" }), "teamcity");
    for (const none of [{}, { CI: "true" }, { GITHUB_ACTIONS: "false" }, { TEAMCITY_VERSION: "" }])
      assert.equal(ciServiceOf(none), undefined);
  });
});

function resultsOfOutcomes(outcomes: readonly Outcome[]): Results {
  const suite = "agent";
  const green = outcomes.every((outcome) => ["pass", "observed"].includes(outcome));
  const cases = outcomes.map(
    (outcome, index): RunEvent => ({ type: "case-ended", suite, case: caseOf(`case-${index}-${outcome}`, outcome) }),
  );
  const at = "2026-01-01T00:00:00Z";
  const calibration = { roundTripMs: 1, timerLateMs: 1, stretch: 1 };
  const catalogue = { cases: outcomes.length, digest: "0123456789ab" };
  const facts = {
    target: "./agent",
    suiteVersion: "0.1.0",
    catalogue,
    profile: "agent-49",
    floor: 1,
    seed: "5eed",
    timeScale: 1,
    calibration,
  };
  const exitCode = green ? 0 : 1;
  const sentences = [green ? "conformant" : "not conformant"];
  return resultsOf(
    [
      { type: "run-started", suite, at, ...facts, caseCount: outcomes.length },
      ...cases,
      { type: "run-ended", suite, at, exitCode, sentences, knownFailureProblems: [] },
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
  const fails = outcome === "fail" || outcome === "warn";
  const failure = { code: "did-not-stop", expected: "it to stop", actual: HOSTILE, hint: "a stuck brake" };
  return {
    id,
    level: "MUST",
    outcome,
    durationMs: 1,
    title: "An agent stops",
    clauses: [clause],
    page: "page.md",
    topic: "Topic",
    place: 0,
    repro: `berth-conformance agent --filter ${id}`,
    observations: [],
    timeline: [],
    ...(fails ? { failure } : { reason: "why" }),
  };
}
