import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import { afterEach, beforeEach, describe, it } from "mocha";
import { endLeftoverHost } from "./leftover-hosts.ts";
import { findProcess } from "./process-table.ts";
import { isAlive, logger, readToEnd, TestingPlace, until } from "./testing-place.test.ts";

// An agent of its own that starts one operation and is then killed.
const agentProgram = `
  const [operations, place] = process.argv.slice(1);
  const { InstanceOperations } = await import(operations);
  const silent = new Proxy({}, { get: () => () => {} });
  const { directory, workDirectory, entryPath, extensionsDirectory, operationId } = JSON.parse(place);
  const limits = { maxWaitMs: 0n, maxOperations: 0, maxOutputBytes: 0n, maxOperationMs: 0n, maxArgumentBytes: 0 };
  const instance = await InstanceOperations.open({ directory, workDirectory, limits, logger: silent });
  const generation = {
    manifestDigest: Buffer.alloc(32), directory: extensionsDirectory, extensionsDirectory,
    host: { name: "host", version: "1", entryPath }, hold: () => () => {},
  };
  await instance.start({
    operationId, name: "Work", arguments: [], waitMs: 0n, timeoutMs: 0n, generation, waitSignal: new AbortController().signal,
  });
`;

describe("what is left of a former life of the agent", () => {
  let place: TestingPlace;
  const started: ChildProcess[] = [];

  beforeEach(async () => {
    place = await TestingPlace.make();
  });

  afterEach(async () => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    await place.remove();
  });

  it("is ended when the agent starts again after a kill, wherever the processes moved to, and the output is kept", async () => {
    const generation = await place.host(`#!${process.execPath}
      const { spawn } = require("node:child_process");
      const { writeFileSync, renameSync } = require("node:fs");
      const child = spawn("/bin/sh", ["-c", "while :; do sleep 1; done"], { detached: true, stdio: "ignore" });
      console.log("begun");
      writeFileSync("${place.root}/pids.new", JSON.stringify([process.pid, child.pid]));
      renameSync("${place.root}/pids.new", "${place.root}/pids");
      setInterval(() => {}, 1000);
    `);
    const operationId = "6b1f0e4c-3d7a-4a52-9f0e-0c9d8b7a6f5e";
    const where = {
      directory: place.directory,
      workDirectory: place.workDirectory,
      entryPath: generation.host!.entryPath,
      extensionsDirectory: generation.extensionsDirectory,
      operationId,
    };
    const operationsUrl = new URL("./instance-operations.js", import.meta.url).href;
    const agent = spawn(process.execPath, [
      ...["--input-type=module", "--eval", agentProgram],
      ...[operationsUrl, JSON.stringify(where)],
    ]);
    started.push(agent);
    const pidsOnDisk = () => readFile(join(place.root, "pids"), "utf8").catch(() => "");
    const outputOnDisk = () => readFile(join(place.directory, operationId, "output.index"), "utf8").catch(() => "");
    await until(async () => (await pidsOnDisk()) !== "" && (await outputOnDisk()) !== "", "the host runs");
    agent.kill("SIGKILL");
    await once(agent, "exit");
    const pids: number[] = JSON.parse(await pidsOnDisk());
    for (const pid of pids) assert.equal(await isAlive(pid), true);

    const operations = await place.open();
    for (const pid of pids) assert.equal(await isAlive(pid), false);
    const { status, stdout } = await readToEnd(operations, operationId);
    assert.equal(status.state, OperationState.OPERATION_STATE_UNKNOWN_AFTER_RESTART);
    assert.equal(stdout.toString(), "begun\n");
  });

  async function startSleeper(): Promise<{ pid: number; identity: string }> {
    const child = spawn("/bin/sh", ["-c", "echo ready; while :; do sleep 1; done"], { detached: true });
    started.push(child);
    await once(child.stdout, "data");
    return { pid: child.pid!, identity: (await findProcess(child.pid!))!.identity };
  }

  it("is ended by its recorded process, even when it hid its environment", async () => {
    const sleeper = await startSleeper();
    await endLeftoverHost({ workDirectory: place.workDirectory, process: sleeper }, logger);
    assert.equal(await isAlive(sleeper.pid), false);
  });

  it("is never a stranger that was given the same process id", async () => {
    const { pid, identity } = await startSleeper();
    for (const other of [`${identity}0`, undefined]) {
      await endLeftoverHost({ workDirectory: place.workDirectory, process: { pid, identity: other } }, logger);
    }
    assert.equal(await isAlive(pid), true);
  });
});
