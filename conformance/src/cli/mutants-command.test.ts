import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { packageFile } from "../package-file.ts";
import { readTranscript } from "../transcripts/transcript-file.ts";

describe("berth-conformance mutants", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-mutants-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(...words: string[]) {
    const line = [packageFile("bin/berth-conformance.js"), "mutants", ...words];
    const child = spawn(process.execPath, line, { cwd: folder });
    const stdout = text(child.stdout);
    const [exitCode] = (await once(child, "close")) as [number];
    return { exitCode, stdout: await stdout };
  }

  it("names them without running any", async () => {
    const { exitCode, stdout } = await run("--list", "--filter", "need-in-reverse");
    assert.equal(exitCode, 0);
    assert.match(stdout, /^agent 51 +SYNC-036 +need-in-reverse +It lists/);
  });

  it("exits with 3 when the filter matches none", async () => {
    const { exitCode, stdout } = await run("--filter", "no-such-mutant");
    assert.deepEqual([exitCode, /matches no mutant/.test(stdout)], [3, true]);
  });

  it("runs one against the cases of its clause, and writes the kill matrix", async () => {
    const { exitCode, stdout } = await run("--filter", "offer-digest-of-any-length");
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /✓ agent 51 +SYNC-039 +offer-digest-of-any-length +offer-digest-of-other-length/);
    const { mutants } = JSON.parse(readFileSync(join(folder, "reports/mutants.json"), "utf8"));
    assert.deepEqual([mutants.length, mutants[0].status], [1, "killed"]);
    assert.match(readFileSync(join(folder, "reports/mutants.html"), "utf8"), /offer-digest-of-any-length/);
  });

  it("writes down what a case sees that catches one, as explain shows it", async () => {
    const { exitCode, stdout } = await run("--filter", "offer-digest-of-any-length", "--transcripts", "seen");
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^new examples of what is wrong in seen: 1$/m);
    const { wrong } = readTranscript("offer-digest-of-other-length", join(folder, "seen"));
    assert.match(wrong?.of ?? "", /digest/);
    assert.match(JSON.stringify(wrong?.entries), /"Sync:offer"/);
  });
});
