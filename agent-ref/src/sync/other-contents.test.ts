import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseManifest } from "@berth/proto/rules/manifest";
import { afterEach, beforeEach, describe, it } from "mocha";
import { pino } from "pino";
import { makeSample } from "../testing/sample.ts";
import { makeTestDirectory } from "../testing/test-agent.ts";
import { openGenerations } from "./generations.ts";
import { beginIncomingSync } from "./incoming-sync.ts";

const sample = makeSample({ "a.txt": "alpha" });

describe("content that an instance holds beside its generations", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await makeTestDirectory();
  });

  afterEach(() => rm(directory, { recursive: true }));

  /** Syncs the sample from a file that was found to hold its content, and that holds `now` by the time it is copied. */
  async function syncFrom(now: string) {
    await writeFile(path.join(directory, "found"), now);
    const [digest] = [...sample.contents.keys()] as [string];
    const found = { relativePath: "found", digest, sizeBytes: 5, executable: false };
    const generations = await openGenerations(
      path.join(directory, "instance"),
      async () => ({ directory, files: [found], immutable: false }),
      pino({ level: "silent" }),
    );
    const parsed = parseManifest(sample.bytes);
    assert.ok(parsed.ok);
    const accepted = { digest: sample.digest, bytes: sample.bytes, manifest: parsed.manifest };
    await using incoming = await beginIncomingSync(generations, accepted);
    assert.deepEqual(incoming.missing, []);
    await incoming.prepare();
    await incoming.commit();
  }

  it("is taken when it is still the same", async () => {
    await syncFrom("alpha");
    assert.equal((await readdir(path.join(directory, "instance/generations"))).length, 1);
  });

  it("is never committed when it changed after it was found", async () => {
    await assert.rejects(syncFrom("omega"), { code: "STORAGE_FAILED" });
    assert.deepEqual(await readdir(path.join(directory, "instance/generations")), []);
  });
});
