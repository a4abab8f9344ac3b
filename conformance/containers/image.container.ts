import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "../src/attach/temporary-directory.ts";
import { packageFile } from "../src/package-file.ts";

/** A whole profile, each case of which starts several containers. */
const RUN_MS = 20 * 60_000;

describe("a target that is attached by its image", function () {
  this.timeout(RUN_MS);
  let directory: string;

  before(() => {
    directory = makeTemporaryDirectory("berth-image-");
  });

  after(() => removeTemporaryDirectory(directory));

  async function suite(...words: string[]): Promise<{ exitCode: unknown; said: string; executed: number }> {
    const results = join(directory, "results.json");
    const reports = ["--json", results, "--junit", join(directory, "j.xml"), "--events", join(directory, "e.jsonl")];
    const [command = "", ...rest] = words;
    const said = await new Promise<{ exitCode: unknown; said: string }>((resolve) =>
      execFile(
        process.execPath,
        [packageFile("bin/berth-conformance.js"), command, ...reports, ...rest],
        { maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => resolve({ exitCode: error?.code ?? 0, said: `${stderr}\n${stdout}` }),
      ),
    );
    return { ...said, executed: [...said.said.matchAll(/^(\d+) passed/gm)].reduce((sum, [, n]) => sum + Number(n), 0) };
  }

  it("is conformant as an agent of 51, with everything that an agent started by a command is tried with", async () => {
    const older = "berth-agent:local run --agent-version 46";
    const { exitCode, said, executed } = await suite("agent", "--image", "berth-agent:local", "--upgrade-from", older);
    assert.equal(exitCode, 0, said);
    assert.ok(executed > 0, said);
    // A limit of file sizes is a process's own, which a container does not inherit.
    const inability = /the attachment cannot (?!start an agent whose files cannot grow)/;
    assert.doesNotMatch(said, inability);
    assert.doesNotMatch(await readFile(join(directory, "results.json"), "utf8"), inability);
  });

  it("takes the words after -- for the image's entry point", async () => {
    const words = [
      "--agent-version",
      "46",
      "--filter",
      "legacy-list-names-every-file",
      "--",
      "run",
      "--agent-version",
      "46",
    ];
    const { exitCode, said } = await suite("agent", "--image", "berth-agent:local", ...words);
    assert.equal(exitCode, 0, said);
  });

  it("is conformant as a server whose driver the image runs", async () => {
    const { exitCode, said, executed } = await suite(
      "server",
      "--image",
      "berth-server:local",
      "--driver",
      "--",
      "driver",
    );
    assert.equal(exitCode, 0, said);
    assert.ok(executed > 0, said);
  });

  it("keeps the security clauses as a server that the image runs once for each step", async () => {
    const { exitCode, said, executed } = await suite("server", "--image", "berth-server:local", "--filter", "SEC-");
    assert.equal(exitCode, 0, said);
    assert.ok(executed > 0, said);
  });

  it("cannot be reached where there is no such image", async () => {
    const { exitCode, said } = await suite("agent", "--image", "berth-agent:no-such-tag");
    assert.equal(exitCode, 5, said);
    assert.match(said, /there is no image "berth-agent:no-such-tag" here: build it/);
  });
});
