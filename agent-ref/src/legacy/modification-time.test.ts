import assert from "node:assert/strict";
import { open, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { makeTestDirectory } from "../testing/test-agent.ts";
import { readModifiedMs, setModifiedMs } from "./modification-time.ts";

describe("a modification time", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await makeTestDirectory();
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function giveTo(modifiedMs: bigint): Promise<{ taken: boolean; read: bigint }> {
    await using file = await open(path.join(directory, "file"), "w");
    const taken = await setModifiedMs(file, modifiedMs);
    return { taken, read: readModifiedMs(await file.stat({ bigint: true })) };
  }

  it("comes back to the millisecond, whatever the fraction of a second", async () => {
    for (let milliseconds = 0n; milliseconds < 1_000n; milliseconds++) {
      const modifiedMs = 1_700_000_000_000n + milliseconds;
      assert.deepEqual(await giveTo(modifiedMs), { taken: true, read: modifiedMs });
    }
    for (const modifiedMs of [0n, 1n, 999n, 4_102_444_799_999n]) {
      assert.deepEqual(await giveTo(modifiedMs), { taken: true, read: modifiedMs });
    }
  });

  it("is refused when the system does not give it back", async () => {
    for (const modifiedMs of [-1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 60n]) {
      assert.equal((await giveTo(modifiedMs)).taken, false, `${modifiedMs}`);
    }
  });

  it("is read to the nearest millisecond on both sides of 1970", () => {
    for (const [mtimeNs, expected] of [
      [122_999_999n, 123n],
      [123_000_001n, 123n],
      [-1n, 0n],
      [-600_000n, -1n],
      [-1_000_000n, -1n],
    ] as const) {
      assert.equal(readModifiedMs({ mtimeNs }), expected);
    }
  });
});
