import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { runBytes } from "./output-index.ts";
import { OutputLog } from "./output-log.ts";

describe("an output log", () => {
  let directory: string;
  let index: string;
  let output: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "berth-output-"));
    index = join(directory, "output.index");
    output = join(directory, "output");
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  async function write(...runs: [1 | 2, string][]): Promise<void> {
    const log = await OutputLog.create(directory, 0);
    for (const [stream, text] of runs) await log.append(stream, Buffer.from(text));
    await log.seal();
  }

  async function readAll(log: OutputLog, cursor = 0, maxBytes = 0): Promise<[number, string][]> {
    const { chunks } = await log.read(cursor, maxBytes);
    return chunks.map(({ stream, data }) => [stream, Buffer.from(data).toString()]);
  }

  it("joins what one stream writes in a row and keeps the order of the streams", async () => {
    await write([1, "ab"], [1, "c"], [2, "de"], [1, "f"]);
    const log = await OutputLog.open(directory);
    assert.deepEqual(await readAll(log), [
      [1, "abc"],
      [2, "de"],
      [1, "f"],
    ]);
    assert.equal((await readFile(index)).length, 3 * runBytes);
  });

  it("reads from every position up to every length", async () => {
    await write([1, "abc"], [2, "de"], [1, "f"]);
    const log = await OutputLog.open(directory);
    for (let cursor = 0; cursor <= 6; cursor++) {
      for (let maxBytes = 1; maxBytes <= 7; maxBytes++) {
        const texts = (await readAll(log, cursor, maxBytes)).map(([, text]) => text);
        assert.equal(texts.join(""), "abcdef".slice(cursor, cursor + maxBytes));
        assert.ok(!texts.includes(""));
      }
    }
  });

  it("can be read while it grows, and answers what it answered before", async () => {
    const log = await OutputLog.create(directory, 0);
    const reads = [];
    for (let i = 0; i < 50; i++) {
      await log.append(i % 2 === 0 ? 1 : 2, Buffer.from([i]));
      reads.push(log.read(0, 0));
    }
    for (const [i, read] of (await Promise.all(reads)).entries()) {
      const bytes = Buffer.concat(read.chunks.map(({ data }) => data));
      assert.deepEqual([...bytes.subarray(0, i + 1)], [...Array(i + 1).keys()]);
    }
    await log.seal();
  });

  it("bounds the runs of one answer and goes on behind them", async () => {
    const log = await OutputLog.create(directory, 0);
    for (let i = 0; i < 5_000; i++) await log.append(i % 2 === 0 ? 1 : 2, Buffer.from("x"));
    const first = await log.read(0, 0);
    assert.ok(first.chunks.length < 5_000);
    const second = await log.read(first.nextCursor, 0);
    assert.equal(second.nextCursor, 5_000);
    await log.seal();
  });

  it("remembers that it was truncated, and takes nothing after that or after it was sealed", async () => {
    const log = await OutputLog.create(directory, 3);
    await log.append(1, Buffer.from("ab"));
    await log.append(2, Buffer.from("cd"));
    await log.append(1, Buffer.from("e"));
    await log.seal();
    await log.append(1, Buffer.from("f"));
    const again = await OutputLog.open(directory);
    for (const each of [log, again]) {
      assert.deepEqual([each.length, each.truncated], [3, true]);
      assert.deepEqual(await readAll(each), [
        [1, "ab"],
        [2, "c"],
      ]);
    }
  });

  it("leaves out a torn tail of the index", async () => {
    await write([1, "abc"], [2, "de"]);
    await truncate(index, 2 * runBytes - 3);
    const log = await OutputLog.open(directory);
    assert.deepEqual(await readAll(log), [[1, "abc"]]);
    assert.equal(log.length, 3);
  });

  it("leaves out runs beyond the output there is", async () => {
    await write([1, "abc"], [2, "de"]);
    await truncate(output, 4);
    assert.equal((await OutputLog.open(directory)).length, 3);
  });

  it("leaves out output that the index does not name", async () => {
    await write([1, "abc"]);
    await appendFile(output, "unnamed");
    assert.equal((await OutputLog.open(directory)).length, 3);
  });

  it("trusts an index up to the first byte that was changed, wherever that is", async () => {
    await write([1, "abc"], [2, "de"], [1, "f"]);
    const good = await readFile(index);
    for (let place = 0; place < good.length; place++) {
      const bad = Buffer.from(good);
      bad[place]! ^= 0x40;
      await writeFile(index, bad);
      const log = await OutputLog.open(directory);
      assert.equal(log.length, [0, 3, 5][Math.floor(place / runBytes)]);
      assert.equal((await log.read(0, 0)).nextCursor, log.length);
    }
  });

  const onSystemsWithFullDevice = existsSync("/dev/full") ? it : () => undefined;

  onSystemsWithFullDevice("keeps what it has when the disk is full, says so once, and drops the rest", async () => {
    await symlink("/dev/full", output);
    const log = await OutputLog.create(directory, 0);
    await assert.rejects(log.append(1, Buffer.from("abc")), { code: "ENOSPC" });
    await log.append(2, Buffer.from("de"));
    assert.deepEqual([log.length, log.truncated, await readAll(log)], [0, true, []]);
    await log.seal().catch(() => undefined); // this device cannot be flushed
  });

  it("is empty when its files are missing", async () => {
    const log = await OutputLog.open(directory);
    assert.deepEqual([log.length, await log.read(0, 0)], [0, { chunks: [], nextCursor: 0 }]);
  });
});
