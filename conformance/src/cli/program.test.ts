import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { resultsFormat } from "../report/format/results-format.ts";
import { suiteVersion } from "../report/suite-version.ts";
import { joinCommandLine, splitCommandLine } from "./command-line.ts";
import { runSuiteProcess } from "./suite-process.ts";

describe("berth-conformance", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-cli-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...words: string[]) => runSuiteProcess(folder, words);

  it("says which version of the suite it is, the one that results name", async () => {
    const { exitCode, stdout } = await run("--version");
    assert.deepEqual([exitCode, stdout], [0, `${suiteVersion()}\n`]);
  });

  it("exits with 2 where images and addresses cannot be understood", async () => {
    const both = await run("agent", "--image", "some:1", "--address", "127.0.0.1:1");
    assert.deepEqual([both.exitCode, /not by two of them/.test(both.stderr)], [2, true]);
    const option = await run("server", "--image", "--privileged");
    assert.deepEqual([option.exitCode, /no name of a container image/.test(option.stderr)], [2, true]);
    const far = await run("agent", "--address", "10.0.0.5:44949");
    assert.deepEqual([far.exitCode, /not on 127.0.0.1/.test(far.stderr)], [2, true]);
  });

  it("writes its reports although the filter matches nothing", async () => {
    const server = "process.exitCode = 2";
    const result = await run("server", "--filter", "nothing-like-it", "--", process.execPath, "-e", server);
    assert.equal(result.exitCode, 3);
    assert.match(result.stdout, /matches no case/);
    const results = resultsFormat.parse(JSON.parse(readFileSync(join(folder, "reports/results.json"), "utf8")));
    assert.equal(results.exitCode, 3);
    assert.match(readFileSync(join(folder, "reports/junit.xml"), "utf8"), /<testsuites/);
    assert.match(readFileSync(join(folder, "reports/events.jsonl"), "utf8"), /"run-ended"/);
  });

  it("lists every case with its level, and the cases of a level with those before it", async () => {
    const rows = async (...words: string[]) =>
      JSON.parse((await run("list", "--json", ...words)).stdout) as { id: string; judges: string; step?: string }[];
    const all = await rows();
    const few = await rows("--level", "negotiates");
    assert.deepEqual(new Set(few.map((row) => row.step)), new Set(["answers", "negotiates"]));
    assert.ok(all.every((row) => (row.judges === "agent") === (row.step !== undefined)));
    assert.ok(few.length < all.length);
    assert.equal((await run("list", "--level", "flies")).exitCode, 2);
  });

  it("explains a case: clause, place, level, twin, how to run it, and what right looks like", async () => {
    const { exitCode, stdout } = await run("explain", "path-dot-segment");
    assert.equal(exitCode, 0);
    assert.match(stdout, /SYNC-011 \(proto\/spec\/sync\.md#paths\)\n +An agent MUST refuse a path with a segment/);
    assert.match(stdout, /level +MUST; run from --level syncs on/);
    assert.match(stdout, /twin +path-allowed: /);
    assert.match(stdout, /run +berth-conformance agent --filter path-dot-segment /);
    assert.match(
      stdout,
      /right: the reference agent\n[\s\S]*──▶ agent +Sync:offer[\s\S]*◀── agent +Sync\/status .*segment/,
    );
  });

  it("explains a case that judges a server, seen from its agents", async () => {
    const { stdout } = await run("explain", "server-syncs");
    assert.match(stdout, /right: the reference server\n +agent ◀── server +Negotiate/);
  });

  it("explains a clause, with the cases that judge it, and a failure code", async () => {
    const clause = await run("explain", "HS-010");
    assert.match(clause.stdout, /^HS-010: An agent MUST refuse a dialect range[\s\S]*handshake-range-malformed/);
    const code = await run("explain", "code-wrong");
    assert.match(code.stdout, /^code-wrong, a failure code: The call was refused, but with another code/);
  });

  it("exits with 2 for what there is not, and names what comes near", async () => {
    const { exitCode, stderr } = await run("explain", "path-dot");
    assert.equal(exitCode, 2);
    assert.match(stderr, /"path-dot" is no case, no clause and no failure code; did you mean path-dot-segment\?/);
  });
});

describe("splitCommandLine", () => {
  it("holds quoted words together", () => {
    assert.deepEqual(splitCommandLine(`node "a b" 'c d' e`), ["node", "a b", "c d", "e"]);
  });

  it("reads back what joinCommandLine wrote", () => {
    assert.equal(joinCommandLine(["node", "a b", "--x=1"]), "node 'a b' --x=1");
  });
});
