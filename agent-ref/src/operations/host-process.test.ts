import assert from "node:assert/strict";
import { chmod, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { endProcesses } from "../testing/end-processes.ts";
import { makeTestDirectory } from "../testing/test-agent.ts";
import { type HostProcess, startHostProcess } from "./host-process.ts";
import type { TakeOutput } from "./output-flow.ts";

/** Longer than all the time that output may come late. */
const LONG_MS = 2_500;

describe("a host's output", () => {
  let directory: string;
  const strays: number[] = [];

  beforeEach(async () => {
    directory = await makeTestDirectory();
  });

  afterEach(async () => {
    endProcesses(strays.splice(0));
    await rm(directory, { recursive: true });
  });

  async function start(script: string, onOutput: TakeOutput): Promise<HostProcess> {
    const entryPath = path.join(directory, "host");
    await writeFile(entryPath, `#!/bin/sh\n${script}\n`);
    await chmod(entryPath, 0o755);
    const environment = { PATH: process.env.PATH };
    return startHostProcess({ entryPath, arguments: [], workDirectory: directory, environment, onOutput });
  }

  it("is whole for a taker who takes longer for it than it may come late, long after the host's end", async () => {
    let takenBytes = 0;
    const host = await start("head -c 150000 /dev/zero", async (_stream, bytes) => {
      if (takenBytes === 0) await new Promise((resolve) => setTimeout(resolve, LONG_MS));
      takenBytes += bytes.length;
    });
    assert.deepEqual(await host.ended, { kind: "exited", exitCode: 0 });
    assert.equal(takenBytes, 150_000);
  });

  it("is not read further before its taker is ready", async () => {
    let busy = 0;
    let takenBytes = 0;
    const host = await start("head -c 3000000 /dev/zero", async (_stream, bytes) => {
      assert.equal(busy++, 0);
      await new Promise((resolve) => setImmediate(resolve));
      takenBytes += bytes.length;
      busy--;
    });
    await host.ended;
    assert.equal(takenBytes, 3_000_000);
  });

  it("ends in bounded time when a stray outside the group holds it open and writes on, however slow the taker", async () => {
    const stray = `#!${process.execPath}
      process.stdout.on("error", () => process.exit());
      const spaces = Buffer.alloc(65536, " ");
      const write = (error) => (error ? process.exit() : process.stdout.write(spaces, write));
      process.stdout.write(String(process.pid), write);
    `;
    await writeFile(path.join(directory, "stray"), stray, { mode: 0o755 });
    const host = await start("setsid ./stray & while [ ! -e go ]; do sleep 0.01; done", async (_stream, bytes) => {
      const pid = Number.parseInt(bytes.toString("latin1"), 10);
      if (pid > 0) {
        strays.push(pid);
        await writeFile(path.join(directory, "go"), "");
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
    assert.deepEqual(await host.ended, { kind: "exited", exitCode: 0 });
    assert.equal(strays.length, 1);
  });
});
