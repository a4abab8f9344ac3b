import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainFiles } from "./plain-files.ts";

describe("plainFiles", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "plain-files-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  it("leaves out a directory that goes while it looks, and finds the rest", async () => {
    const kept = join(root, "kept", "deep", "file");
    await mkdir(join(root, "kept", "deep"), { recursive: true });
    await writeFile(kept, "here all the time");
    const draft = join(root, "staging", "draft");
    await mkdir(join(draft, "host", "bin"), { recursive: true });
    let looking = true;
    const moving = (async () => {
      while (looking) {
        await rename(draft, join(root, "done"));
        await rename(join(root, "done"), draft);
      }
    })();
    try {
      for (let round = 0; round < 300; round += 1) assert.deepEqual(await plainFiles(root), [kept]);
    } finally {
      looking = false;
      await moving;
    }
  });

  it("fails where the directory itself is not there", async () => {
    await assert.rejects(plainFiles(join(root, "nowhere")), { code: "ENOENT" });
  });
});
