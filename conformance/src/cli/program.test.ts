import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { packageFile } from "../package-file.ts";
import { resultsFormat } from "../report/format/results-format.ts";
import { joinCommandLine, splitCommandLine } from "./command-line.ts";

describe("berth-conformance", function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-cli-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(...words: string[]) {
    const child = spawn(process.execPath, [packageFile("bin/berth-conformance.js"), ...words], { cwd: folder });
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
    const [exitCode] = (await once(child, "close")) as [number];
    return { exitCode, stdout: await stdout, stderr: await stderr };
  }

  it("exits with 2 on a usage error, and says what to write", async () => {
    const none = await run("agent");
    assert.deepEqual([none.exitCode, /COMMAND/.test(none.stderr)], [2, true]);
    const both = await run("agent", "--image", "some:1", "--address", "127.0.0.1:1");
    assert.deepEqual([both.exitCode, /not by two of them/.test(both.stderr)], [2, true]);
    const option = await run("server", "--image", "--privileged");
    assert.deepEqual([option.exitCode, /no name of a container image/.test(option.stderr)], [2, true]);
    const far = await run("agent", "--address", "10.0.0.5:44949");
    assert.deepEqual([far.exitCode, /not on 127.0.0.1/.test(far.stderr)], [2, true]);
    const unknown = await run("agent", "--no-such-option");
    assert.deepEqual([unknown.exitCode, /no-such-option/.test(unknown.stderr)], [2, true]);
  });

  it("exits with 2 when the file of known failures is no such file", async () => {
    writeFileSync(join(folder, "known.json"), "{}");
    const result = await run("agent", "--known-failures", "known.json", "--", "false");
    assert.deepEqual([result.exitCode, /not a list of known failures/.test(result.stderr)], [2, true]);
  });

  it("exits with 2 when a real package is no npm package", async () => {
    const result = await run("agent", "--package", ".", "--", "false");
    assert.deepEqual([result.exitCode, /is no unpacked npm package/.test(result.stderr)], [2, true]);
  });

  it("exits with 5 when the agent does not start, and when nobody listens", async () => {
    const command = await run("agent", "--", process.execPath, "-e", "console.error('broken'); process.exit(1)");
    assert.deepEqual([command.exitCode, /broken/.test(command.stderr)], [5, true]);
    const address = await run("agent", "--address", "127.0.0.1:1");
    assert.deepEqual([address.exitCode, /does not answer/.test(address.stderr)], [5, true]);
    assert.match(address.stdout, /^0 passed, 0 failed/m);
  });

  it("exits with 5 when a server takes an unknown step for good", async () => {
    const result = await run("server", "--", process.execPath, "-e", "0");
    assert.deepEqual([result.exitCode, /exit code 2/.test(result.stderr)], [5, true]);
  });

  it("exits with 3 when the filter matches nothing, and writes its reports all the same", async () => {
    const server = "process.exitCode = 2";
    const result = await run("server", "--filter", "nothing-like-it", "--", process.execPath, "-e", server);
    assert.equal(result.exitCode, 3);
    assert.match(result.stdout, /matches no case/);
    const results = resultsFormat.parse(JSON.parse(readFileSync(join(folder, "reports/results.json"), "utf8")));
    assert.equal(results.exitCode, 3);
    assert.match(readFileSync(join(folder, "reports/junit.xml"), "utf8"), /<testsuites/);
    assert.match(readFileSync(join(folder, "reports/events.jsonl"), "utf8"), /"run-ended"/);
  });

  it("explains a case that there is, and exits with 2 for one that there is not", async () => {
    const [known] = JSON.parse((await run("list", "--json")).stdout) as { id: string; clauses: string[] }[];
    const explained = await run("explain", known!.id);
    assert.equal(explained.exitCode, 0);
    assert.ok(explained.stdout.includes(known!.clauses[0]!));
    assert.equal((await run("explain", "no-such-case")).exitCode, 2);
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
