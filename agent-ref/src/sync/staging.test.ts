import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sha256 } from "@berth/proto/rules/digest";
import type { Manifest } from "@berth/proto/rules/manifest";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createContentSources } from "./content-sources.ts";
import { openStaging } from "./staging.ts";

const content = "a content of some bytes";
const digest = Buffer.from(sha256(Buffer.from(content))).toString("hex");
const manifest: Manifest = {
  packages: [
    {
      kind: "extension",
      name: "One",
      version: "1",
      files: [{ path: "a.txt", digest, sizeBytes: content.length, executable: false }],
    },
  ],
};

describe("a staging", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "berth-staging-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("can write on in a file that was whole once and was cut short since", async () => {
    const file = path.join(directory, "extensions/One/a.txt");
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content.slice(0, 5), { mode: 0o444 });
    const { missing } = await openStaging(directory, manifest, createContentSources());
    assert.deepEqual(
      missing.map((one) => [one.digest, one.heldBytes]),
      [[digest, 5]],
    );
    assert.equal((await stat(file)).mode & 0o200, 0o200);
  });
});
