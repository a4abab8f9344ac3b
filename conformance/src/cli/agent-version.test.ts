import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Dialect } from "../dialect.ts";
import { type AgentPeer, startAgentPeer } from "../peers/agent-peer.ts";
import { resultsFormat } from "../report/format/results-format.ts";
import { startTranscript } from "../report/transcript.ts";
import { runSuiteProcess } from "./suite-process.ts";

describe("the version an agent is judged as", function () {
  this.timeout(30_000);
  let folder: string;
  let agent: AgentPeer | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-version-"));
  });
  afterEach(async () => {
    await agent?.close();
    rmSync(folder, { recursive: true });
  });

  async function judge(version: number, dialects: readonly Dialect[], ...words: string[]) {
    agent = await startAgentPeer({ transcript: startTranscript() }, { version, dialects });
    return runSuiteProcess(folder, ["agent", "--address", agent.address, ...words]);
  }

  it("leaves out what is about another dialect, and says so", async () => {
    const result = await judge(46, [1, 44], "--filter", "HS-012");
    assert.equal(result.exitCode, 0, result.stdout);
    assert.match(result.stdout, /profile agent-46-by-address/);
    assert.match(result.stdout, /✓ LEG-002 +legacy-versions-44-to-46-speak-no-other/);
    assert.match(
      result.stdout,
      /handshake-server-too-old .*\[not-applicable: it is about the dialect 49, and an agent 46 speaks 1 and 44\]/,
    );
  });

  it("holds 50 and later to the profile of 49", async () => {
    assert.match((await judge(51, [49], "--filter", "handshake-answered")).stdout, /profile agent-49-by-address/);
  });

  it("fails an agent that announces a version never published on HS-006", async () => {
    for (const words of [[], ["--agent-version", "46"]]) {
      const result = await judge(47, [1, 44], "--filter", "handshake-answered", ...words);
      assert.equal(result.exitCode, 1, result.stderr);
      assert.match(result.stdout, /requirement HS-006: An agent MUST NOT announce version 47 or 48\./);
      await agent?.close();
    }
  });

  it("is a usage error where the agent announces another than was said", async () => {
    const result = await judge(46, [1, 44], "--agent-version", "44");
    assert.deepEqual([result.exitCode, /announces version 46/.test(result.stderr)], [2, true]);
  });

  it("is in the results", async () => {
    await judge(42, [1], "--filter", "handshake-answered");
    const content: unknown = JSON.parse(readFileSync(join(folder, "reports/results.json"), "utf8"));
    const [run] = resultsFormat.parse(content).runs;
    assert.deepEqual([run?.agentVersion, run?.label], [42, "agent"]);
  });
});
