import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type AgentPeer, startAgentPeer } from "../peers/agent-peer.ts";
import { startTranscript } from "../report/transcript.ts";
import { runSuiteProcess } from "./suite-process.ts";

/** No CI service, whatever the one is that these tests run in. */
const NOWHERE = { GITHUB_ACTIONS: "", GITLAB_CI: "", TF_BUILD: "", TEAMCITY_VERSION: "", GITHUB_STEP_SUMMARY: "" };

describe("the reports of a run", function () {
  this.timeout(120_000);
  let folder: string;
  let agent: AgentPeer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "berth-reports-"));
    agent = await startAgentPeer({ transcript: startTranscript() }, { version: 47, dialects: [1, 44] }); // no agent may be 47
  });
  afterEach(async () => {
    await agent.close();
    rmSync(folder, { recursive: true });
  });

  async function judge(environment: Readonly<Record<string, string>>, ...words: string[]) {
    const line = ["agent", "--address", agent.address, "--filter", "handshake-answered", ...words];
    const result = await runSuiteProcess(folder, line, { ...NOWHERE, ...environment });
    assert.equal(result.exitCode, 1, result.stderr);
    assert.match(result.stdout, /\n0 passed, 1 failed, 0 not applicable\n$/);
    return result.stdout;
  }
  const read = (name: string) => readFileSync(join(folder, name), "utf8");

  it("are a page, JSON and JUnit, and the console says where", async () => {
    const stdout = await judge({});
    assert.match(stdout, /^report: reports\/report\.html \(also reports\/results\.json, reports\/junit\.xml\)$/m);
    assert.match(read("reports/report.html"), /"verdict":"not conformant".*"id":"handshake-answered"/);
    assert.doesNotMatch(stdout, /^::|##vso|##teamcity/m);
  });

  it("have a trace of every case with --trace-dir, in a folder of the agent", async () => {
    assert.match(await judge({}, "--trace-dir", "traces"), /^traces: traces, /m);
    assert.deepEqual(readdirSync(join(folder, "traces")), ["agent-47"]);
    assert.match(read("traces/agent-47/handshake-answered.jsonl"), /"method":"Negotiate".*\n/);
  });

  it("are annotations and a job summary on GitHub, found out from its variable", async () => {
    const stdout = await judge({ GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: join(folder, "summary.md") });
    const [, token] = /^::stop-commands::([0-9a-f]{32})\n/.exec(stdout)!;
    const [shielded, commands] = stdout.split(`\n::${token}::\n`);
    assert.match(shielded!, /requirement HS-006/);
    assert.match(commands!, /^::error title=agent%3A handshake-answered \[fail\] HS-006::.*requirement HS-006/m);
    assert.match(read("summary.md"), /^## Berth conformance: not conformant/);
  });

  it("are no annotations with --annotations none, whatever the environment says", async () => {
    const stdout = await judge(
      { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: join(folder, "summary.md") },
      "--annotations",
      "none",
    );
    assert.doesNotMatch(stdout, /^::/m);
    assert.equal(existsSync(join(folder, "summary.md")), false);
  });

  it("are in the form that is asked for before the one that the environment names", async () => {
    const stdout = await judge({ GITHUB_ACTIONS: "true" }, "--annotations", "azure");
    assert.match(stdout, /^##vso\[task\.logissue type=error;code=.*handshake-answered/m);
    assert.doesNotMatch(stdout, /^::/m);
  });

  it("are service messages on TeamCity and a code quality report on GitLab", async () => {
    const messages = await judge({ TEAMCITY_VERSION: "2026.1" });
    assert.match(
      messages,
      /^##teamcity\[importData type='junit' path='reports\/junit\.xml'\]\n##teamcity\[buildProblem /m,
    );
    await judge({ GITLAB_CI: "true" });
    const issues = JSON.parse(read("reports/gl-code-quality-report.json")) as { description: string }[];
    assert.match(issues[1]!.description, /handshake-answered/);
  });

  it("are refused for a service that there is not: exit 2", async () => {
    const result = await runSuiteProcess(
      folder,
      ["agent", "--address", agent.address, "--annotations", "other"],
      NOWHERE,
    );
    assert.deepEqual([result.exitCode, /github, gitlab, azure, teamcity, none/.test(result.stderr)], [2, true]);
  });
});
