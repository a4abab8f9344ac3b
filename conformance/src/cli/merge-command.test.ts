import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type AgentPeer, startAgentPeer } from "../peers/agent-peer.ts";
import { resultsFormat } from "../report/format/results-format.ts";
import { startTranscript } from "../report/transcript.ts";
import { runSuiteProcess } from "./suite-process.ts";

describe("berth-conformance merge", function () {
  this.timeout(120_000);
  let folder: string;
  let agent: AgentPeer | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-merge-"));
  });
  afterEach(async () => {
    await agent?.close();
    rmSync(folder, { recursive: true });
  });

  const run = (...words: string[]) => runSuiteProcess(folder, words);

  it("joins what --shard wrote, in all reports, and misses a shard that is not there", async () => {
    agent = await startAgentPeer({ transcript: startTranscript() }, { version: 46, dialects: [1, 44] });
    for (const index of [1, 2]) {
      const reports = ["--json", `shards/${index}/results.json`, "--junit", `shards/${index}/junit.xml`];
      const shard = await run(
        "agent",
        "--address",
        agent.address,
        "--filter",
        "HS-012",
        "--shard",
        `${index}/2`,
        ...reports,
      );
      assert.equal(shard.exitCode, 0, shard.stdout + shard.stderr);
    }
    const whole = await run("merge", "shards");
    assert.equal(whole.exitCode, 0, whole.stdout + whole.stderr);
    const { runs } = resultsFormat.parse(JSON.parse(readFileSync(join(folder, "reports/results.json"), "utf8")));
    const shards = [1, 2].map((index) =>
      resultsFormat.parse(JSON.parse(readFileSync(join(folder, `shards/${index}/results.json`), "utf8"))),
    );
    const ids = shards.flatMap((results) => results.runs.flatMap(({ cases }) => cases.map(({ id }) => id)));
    assert.ok(ids.length > 1);
    assert.deepEqual(runs[0]?.cases.map(({ id }) => id).sort(), ids.sort());
    assert.match(readFileSync(join(folder, "reports/junit.xml"), "utf8"), new RegExp(`tests="${ids.length}"`));
    assert.match(readFileSync(join(folder, "reports/report.html"), "utf8"), /"mergedFrom":2/);
    assert.match(whole.stdout, /\n[0-9]+ passed, 0 failed, [0-9]+ not applicable\n$/);

    const part = await run("merge", "shards/2/results.json", "--json", "part.json");
    assert.deepEqual([part.exitCode, /shard 1\/2 is missing/.test(part.stdout)], [3, true]);
    const twice = await run("merge", "shards", "shards/1/results.json");
    assert.equal(twice.exitCode, 0, "a file that is named twice is one file");
  });

  const faults: [string, string, RegExp][] = [
    ["that is not there", "nothing.json", /nothing\.json is not there/],
    ["that is no JSON", "text.json", /text\.json cannot be read/],
    ["that is of another form", "other.json", /other\.json has no results of berth-conformance in form 1/],
    ["without results", "empty", /there is no results\.json in empty/],
  ];
  it("exits with 2 for what it cannot read, and writes no report", async () => {
    writeFileSync(join(folder, "text.json"), "{");
    writeFileSync(join(folder, "other.json"), '{"schema":2}');
    mkdirSync(join(folder, "empty"));
    for (const [what, path, message] of faults) {
      const result = await run("merge", path);
      assert.deepEqual([result.exitCode, message.test(result.stderr)], [2, true], `${what}: ${result.stderr}`);
    }
    assert.throws(() => readFileSync(join(folder, "reports/results.json")));
  });

  it("exits with 2 rather than write over what it reads", async () => {
    writeFileSync(join(folder, "mine.json"), "{}");
    const result = await run("merge", "mine.json", "--json", "mine.json");
    assert.deepEqual([result.exitCode, /choose another place/.test(result.stderr)], [2, true]);
    assert.equal(readFileSync(join(folder, "mine.json"), "utf8"), "{}");
  });
});
