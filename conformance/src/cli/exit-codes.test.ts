import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { packageFile } from "../package-file.ts";
import { type AgentPeer, startAgentPeer } from "../peers/agent-peer.ts";
import { startTranscript } from "../report/transcript.ts";
import { runSuiteProcess } from "./suite-process.ts";

const REFERENCE_AGENT = ["--", process.execPath, packageFile("../agent-ref/bin/berth-agent.js"), "run"];

describe("the exit code of a run is", function () {
  this.timeout(120_000);
  let folder: string;
  let red: AgentPeer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "berth-exit-"));
    red = await startAgentPeer({ transcript: startTranscript() }, { version: 47, dialects: [1, 44] });
  });
  afterEach(async () => {
    await red.close();
    rmSync(folder, { recursive: true });
  });

  async function judge(words: readonly string[], environment: Record<string, string> = {}) {
    const end = await runSuiteProcess(folder, ["agent", ...words], environment);
    const results = () => JSON.parse(readFileSync(join(folder, "reports/results.json"), "utf8"));
    return { ...end, results };
  }

  it("0 when everything that was asked for is kept; here a level, which says that it is not conformance", async () => {
    const { exitCode, stdout, results } = await judge(["--level", "answers", ...REFERENCE_AGENT]);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /agent: level answers is reached: 7 cases .*profile agent-49-answers/);
    assert.match(stdout, /not conformance; next is --level negotiates/);
    assert.deepEqual([results().exitCode, results().runs[0].level], [0, "answers"]);
  });

  it("0 for each shard of it, which together report every case once", async () => {
    const ids: string[] = [];
    for (const shard of ["1/2", "2/2"]) {
      const { exitCode, stdout, results } = await judge(["--level", "answers", "--shard", shard, ...REFERENCE_AGENT]);
      assert.equal(exitCode, 0, stdout);
      assert.match(stdout, new RegExp(`shard ${shard}: .*berth-conformance merge`));
      ids.push(...results().runs[0].cases.map((each: { id: string }) => each.id));
    }
    assert.equal(new Set(ids).size, 7);
    assert.equal(ids.length, 7);
  });

  it("1 when a required clause is broken", async () => {
    const { exitCode, stdout } = await judge(["--address", red.address, "--filter", "handshake-answered"]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /requirement HS-006/);
  });

  it("2 when the command line, or a file it names, cannot be understood", async () => {
    assert.equal((await judge(["--address", red.address, "--no-such-option"])).exitCode, 2);
    const entry = { case: "handshake-answered", code: "x", reason: "", issue: "i", expires: "2099-01-01" };
    writeFileSync(join(folder, "known.json"), `[\n${JSON.stringify(entry)}\n]`);
    const { exitCode, stderr } = await judge(["--known-failures", "known.json", "--address", red.address]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /known\.json:2: entry of handshake-answered, reason: fill in the reason/);
  });

  it("3 when nothing ran, or less than the floor", async () => {
    const nothing = await judge(["--address", red.address, "--filter", "nothing-like-it"]);
    assert.deepEqual([nothing.exitCode, /matches no case/.test(nothing.stdout)], [3, true]);
    const little = await judge(["--level", "answers", "--profile", "agent-49", ...REFERENCE_AGENT]);
    assert.equal(little.exitCode, 3);
    assert.match(little.stdout, /only 7 cases of required clauses ran; profile agent-49 asks for/);
  });

  it("4 when the suite cannot do its own part", async () => {
    const words = ["--address", red.address, "--filter", "limits-leave-room"];
    const { exitCode, stdout, stderr } = await judge(words, { TMPDIR: join(folder, "none") });
    assert.equal(exitCode, 4, stderr);
    assert.match(stdout, /limits-leave-room \[harness-error\][\s\S]*ENOENT/);
    assert.match(stdout, /the suite is at fault in 1 cases; nothing is said about the target there/);
  });

  it("5 when the target cannot be reached", async () => {
    assert.equal((await judge(["--address", "127.0.0.1:1"])).exitCode, 5);
  });

  describe("of known-failures update", () => {
    const list = () => JSON.parse(readFileSync(join(folder, "known.json"), "utf8"));
    const update = () =>
      runSuiteProcess(folder, ["known-failures", "update", "--from", "reports/results.json", "known.json"]);

    it("2 for the results of a part, which knows nothing of the rest, and the list stays as it was", async () => {
      writeFileSync(join(folder, "known.json"), "[]\n");
      for (const part of [
        ["--filter", "handshake-answered"],
        ["--level", "answers"],
        ["--shard", "1/40"],
      ]) {
        await judge(["--address", red.address, ...part]);
        const { exitCode, stderr } = await update();
        assert.equal(exitCode, 2);
        assert.match(stderr, new RegExp(`had ${part.join(" ")}, and what was left out would be dropped`));
        assert.deepEqual(list(), []);
      }
    });

    it("0 for a whole run, whose failures it writes down for a person to fill in, and then they are expected", async () => {
      const whole = ["--address", red.address, "--time-scale", "0.2", "--jobs", "16"];
      const before = await judge(whole);
      assert.equal(before.exitCode, 1);
      const gone = { case: "no-such-case", code: "x", reason: "r", issue: "i", expires: "2099-01-01" };
      writeFileSync(join(folder, "known.json"), JSON.stringify([gone]));
      const updated = await update();
      assert.equal(updated.exitCode, 0, updated.stderr);
      assert.match(updated.stdout, /dropped no-such-case \(x\): there is no such case/);
      assert.match(updated.stdout, /until the new ones are filled in, a run refuses the list/);

      const drafts = list();
      assert.ok(drafts.some((each: { case: string }) => each.case === "handshake-answered"));
      assert.equal((await judge([...whole, "--known-failures", "known.json"])).exitCode, 2);
      const filled = drafts.map((each: object) => ({ ...each, reason: "r", issue: "i", expires: "2099-01-01" }));
      writeFileSync(join(folder, "known.json"), JSON.stringify(filled));
      const { stdout, results } = await judge([
        ...whole,
        "--filter",
        "handshake-answered",
        "--known-failures",
        "known.json",
      ]);
      assert.equal(results().exitCode, 0, stdout);
      assert.equal(results().counts["expected-failure"], 1);
    });
  });
});
