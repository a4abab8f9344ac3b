import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Command } from "../attach/process-group.ts";
import { mutantCommands } from "../mutants/mutant-commands.ts";
import { packageFile } from "../package-file.ts";
import { makeStrangersFolder, type StrangersFolder } from "./strangers-folder.ts";

const CUT = "my agent has nothing of a sync that was cut, and all of the next";
const PATHS = "my agent refuses every hostile path, while others are connected and silent";

describe("the example of FAULTS.md, in a stranger's folder", function () {
  this.timeout(120_000);
  let folder: StrangersFolder;
  beforeEach(() => {
    folder = makeStrangersFolder();
  });
  afterEach(() => folder.remove());

  /** Runs the very text of the page, with a command in the place of `./my-agent`. */
  function runExample(command: Command) {
    const [, example = ""] = /^```js\n(.*?)^```$/ms.exec(readFileSync(packageFile("FAULTS.md"), "utf8")) ?? [];
    folder.write("my-agent", `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(" ")}\n`, 0o755);
    return folder.mocha(folder.write("my-agent.spec.mjs", example));
  }

  it("is green for the reference agent", async () => {
    const { exitCode, passes, failures } = await runExample(mutantCommands().agent(49));
    assert.deepEqual(failures, []);
    assert.deepEqual(
      passes.map((each) => each.fullTitle),
      [CUT, PATHS],
    );
    assert.equal(exitCode, 0);
  });

  for (const [mutant, red, message] of [
    ["generation-called-present", CUT, /true\b.*\bfalse/s],
    ["path-dot-segment-accepted", PATHS, /the path "\."/],
  ] as const) {
    it(`is red for an agent that breaks one clause (${mutant}), where it is about that`, async () => {
      const command = mutantCommands().mutantAgent(mutant, folder.write("used", ""), 49);
      const { failures } = await runExample(command);
      assert.deepEqual(
        failures.map((each) => each.fullTitle),
        [red],
      );
      assert.match(failures[0]?.err.message ?? "", message);
    });
  }
});

describe("the page of the faults", () => {
  it("names everything that the library exports", () => {
    const page = readFileSync(packageFile("FAULTS.md"), "utf8");
    const source = readFileSync(join(packageFile("src"), "faults.ts"), "utf8");
    const exported = [...source.matchAll(/^export \{(.*?)\}/gms)].flatMap(([, names = ""]) =>
      names.split(",").map((name) => name.trim()),
    );
    const values = exported.filter((name) => name !== "" && !name.startsWith("type "));
    assert.ok(values.length >= 40, values.join());
    assert.deepEqual(
      values.filter((name) => !page.includes(name)),
      [],
    );
  });
});
