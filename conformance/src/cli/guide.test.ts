import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { packageFile } from "../package-file.ts";
import { readLevels } from "../runner/level.ts";
import { splitCommandLine } from "./command-line.ts";
import { runSuiteProcess } from "./suite-process.ts";

const guide = readFileSync(packageFile("GUIDE.md"), "utf8");

/** Fenced blocks of one language. */
function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, block]) => block!);
}

/** Each command with the exit code that stands behind it. */
const commands = blocks("sh").flatMap((block) =>
  [...block.matchAll(/^berth-conformance (.*?) +# exit ([0-5])$/gm)].map(([, words, code]) => ({
    words: words!,
    exitCode: Number(code),
  })),
);

describe("the guide", function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-guide-"));
    const { resolve } = createRequire(import.meta.url);
    for (const name of ["@berth/proto", "@grpc/grpc-js", "protobufjs"]) {
      const place = join(folder, "node_modules", name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(dirname(resolve(`${name}/package.json`)), place);
    }
    for (const block of blocks("js")) {
      const [, name] = /^\/\/ (\S+)/.exec(block)!;
      writeFileSync(join(folder, name!), block);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("gives an exit code for each of its commands", () => {
    const lines = blocks("sh").flatMap((block) => block.trim().split("\n"));
    assert.equal(commands.length, lines.length);
    assert.ok(commands.length >= 8);
  });

  for (const { words, exitCode } of commands) {
    it(`says that \`${words}\` exits with ${exitCode}`, async () => {
      const line = splitCommandLine(words).map((word) => (word === "node" ? process.execPath : word));
      const end = await runSuiteProcess(folder, line);
      assert.equal(end.exitCode, exitCode, end.stdout + end.stderr);
    });
  }

  it("quotes what is said when the first level is reached", async () => {
    const words = ["agent", "--level", "answers", "--", process.execPath, "my-agent.mjs"];
    const { stdout } = await runSuiteProcess(folder, words);
    const [, quoted] = /```\n\n( {4}agent: level answers[\s\S]*?)\n\n/.exec(guide)!;
    for (const line of quoted!.split("\n")) assert.ok(stdout.includes(line.trim()), `${line}\n${stdout.slice(-600)}`);
  });

  it("names the levels that there are, in their order", () => {
    const rows = [...guide.matchAll(/^\| `([a-z]+)` +\| /gm)].map(([, name]) => name);
    assert.deepEqual(
      rows,
      readLevels().map((each) => each.name),
    );
  });
});
