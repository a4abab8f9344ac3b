import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { addFileBeside, CONTENT_DAMAGES, cutShort } from "./damage.ts";

describe("damage to files on disk", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-damage-"));
    file = join(folder, "content");
    writeFileSync(file, "0123456789");
    chmodSync(file, 0o444);
    chmodSync(folder, 0o555);
  });
  afterEach(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  });

  const expected: Readonly<Record<string, string | undefined>> = {
    "one changed byte": "01234\xca6789",
    "one byte less": "012345678",
    "one byte more": "0123456789x",
    "a file without bytes": "",
    "a file that is gone": undefined,
  };
  for (const [what, damage] of Object.entries(CONTENT_DAMAGES)) {
    it(`makes ${what} of a file that is only to be read, and leaves the rights as they were`, async () => {
      assert.ok(what in expected);
      await damage(file);
      assert.equal(existsSync(file) ? readFileSync(file, "latin1") : undefined, expected[what]);
      if (existsSync(file)) assert.equal(statSync(file).mode & 0o777, 0o444);
      assert.equal(statSync(folder).mode & 0o777, 0o555);
    });
  }

  it("leaves a share of a file, and puts another beside it", async () => {
    await cutShort(file, 0.5);
    assert.equal(readFileSync(file, "latin1"), "01234");
    await addFileBeside(file);
    assert.deepEqual(readdirSync(folder).toSorted(), ["added.txt", "content"]);
  });
});
