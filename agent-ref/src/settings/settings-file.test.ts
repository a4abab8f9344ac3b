import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { makeTestDirectory } from "../testing/test-agent.ts";
import { SettingsError } from "./settings-error.ts";
import { readSettingsFile } from "./settings-file.ts";

describe("a settings file", () => {
  let directory: string;
  let file: string;

  before(async () => {
    directory = await makeTestDirectory();
    file = path.join(directory, "agent.json");
  });
  after(() => rm(directory, { recursive: true }));

  async function refusal(text: string): Promise<string> {
    await writeFile(file, text);
    try {
      readSettingsFile(file);
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      assert.ok(error.message.startsWith(`${file}:`), "it names the file");
      assert.ok(!error.message.includes("\n"), "it is one line");
      return error.message.slice(file.length + 1);
    }
    assert.fail("the file was read");
  }

  it("is read, limits and times in their own forms", async () => {
    await writeFile(
      file,
      '\ufeff{"root": "here", "listen": "[::1]:1", "ownershipWindow": "2h", "limits": {"max_files": 3}}',
    );
    assert.deepEqual(readSettingsFile(file), {
      root: "here",
      listen: { host: "::1", port: 1 },
      limits: { maxFiles: 3, ownershipWindowMs: 7_200_000n },
    });
  });

  for (const [text, line, column] of [
    ['{\n  "plaintext": tru,\n  "root": "x",\n  "listen": "y"\n}', 2, 19],
    ['{\n  "root": "x",\n  "listen": "y",\n}', 4, 1],
    ["{\n  \"root\": 'x'\n\n}", 2, 11],
    ['{"root": "x"}\n\nmore', 3, 1],
    ['{\n"root": "a\tb"\n}', 2, 11],
    ['{\n"root": 1.x\n}', 2, 11],
  ] as const) {
    it(`is refused with the place where it stops being JSON: ${JSON.stringify(text)}`, async () => {
      assert.match(await refusal(text), new RegExp(`^${line}: .*column ${column}\\b`));
    });
  }

  for (const [text, line] of [
    ["", 1],
    ['{\n  "root": "x', 2],
    ['{\n  "root": "x",\n', 3],
    ['{\n  "plaintext": tru', 2],
  ] as const) {
    it(`is refused when it ends too early: ${JSON.stringify(text)}`, async () => {
      assert.match(await refusal(text), new RegExp(`^${line}: it is not JSON: it ends too early`));
    });
  }

  it("is refused with the line of a setting that does not exist, and the names of those that do", async () => {
    assert.match(
      await refusal('{\n  "root": "x",\n  "lsten": "y"\n}'),
      /^3: lsten: there is no such setting\. .*\broot, listen, /,
    );
  });

  it("is refused with the line of a limit that cannot be", async () => {
    assert.match(
      await refusal('{\n  "limits": {\n    "max_data_bytes": 10\n  }\n}'),
      /^3: limits\.max_data_bytes: 10 is/,
    );
  });
});
