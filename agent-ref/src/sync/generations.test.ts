import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { EMPTY_CONTENT_DIGEST, sha256 } from "@berth/proto/rules/digest";
import { formatManifest, type Manifest } from "@berth/proto/rules/manifest";
import { afterEach, beforeEach, describe, it } from "mocha";
import { pino } from "pino";
import { makeTestDirectory } from "../testing/test-agent.ts";
import type { Generation } from "./generation.ts";
import { type Generations, openGenerations } from "./generations.ts";
import { beginIncomingSync } from "./incoming-sync.ts";

describe("generations", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await makeTestDirectory();
  });

  afterEach(() => rm(directory, { recursive: true }));

  const open = () =>
    openGenerations(directory, async () => ({ directory, files: [], immutable: false }), pino({ level: "silent" }));

  async function commit(generations: Generations, version: string): Promise<Generation> {
    const file = { path: "empty", digest: EMPTY_CONTENT_DIGEST, sizeBytes: 0, executable: false };
    const manifest: Manifest = { packages: [{ kind: "extension", name: "Files", version, files: [file] }] };
    const bytes = formatManifest(manifest);
    await using incoming = await beginIncomingSync(generations, { digest: sha256(bytes), bytes, manifest });
    await incoming.prepare();
    return incoming.commit();
  }

  it("confirm one whose commit was cut off before the pointer named it, though there are enough others", async () => {
    const before = await open();
    const committed: Generation[] = [];
    for (const version of ["1", "2", "3", "4"]) {
      const generation = await commit(before, version);
      generation.hold();
      committed.push(generation);
    }
    await before.close();
    const pointer = path.join(directory, "current");
    const { recent, ...rest } = JSON.parse(await readFile(pointer, "utf8")) as { recent: string[] };
    assert.equal(recent.length, 4);
    await writeFile(pointer, JSON.stringify({ ...rest, recent: recent.slice(1) })); // as a kill between the two leaves it

    const after = await open();
    const found = await after.confirm(committed[3]!.manifestDigest);
    assert.ok(found);
    found.hold()();
    assert.ok(existsSync(found.directory));
    await after.close();
  });
});
