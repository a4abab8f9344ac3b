import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { RunOperationResponse } from "@berth/proto/messages/sync/v44/host";
import { afterEach, beforeEach, describe, it } from "mocha";
import { isAlive } from "../operations/testing-place.test.ts";
import { endProcesses } from "../testing/end-processes.ts";
import { connectLegacyClient, HOST } from "../testing/legacy-client.ts";
import { connectRawClient } from "../testing/raw-client.ts";
import { makeTestDirectory, startTestAgent } from "../testing/test-agent.ts";

const AGENT = fileURLToPath(new URL("../../bin/berth-agent.js", import.meta.url));

describe("a 46 that is killed while an operation runs", () => {
  let root: string;
  let agent: ChildProcess;
  let address: string;
  let pids: number[] = [];

  beforeEach(async () => {
    root = await makeTestDirectory();
    agent = spawn(
      process.execPath,
      [AGENT, "run", "--root", root, "--listen", "127.0.0.1:0", "--agent-version", "46", "--json"],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const [said] = (await once(agent.stdout!, "data")) as [Buffer];
    const announced = JSON.parse(said.toString()) as { address: string; agentVersion: number; dialects: number[] };
    assert.deepEqual([announced.agentVersion, announced.dialects], [46, [1, 44]]);
    address = announced.address;
  });

  afterEach(async () => {
    agent.kill("SIGKILL");
    endProcesses(pids);
    await rm(root, { recursive: true, force: true });
  });

  /** Starts a host with a child that left its group, and kills the agent. Both processes live on. */
  async function killInOperation(): Promise<void> {
    using client = connectLegacyClient(address);
    const raw = connectRawClient(address);
    const { sessionToken } = await raw.negotiate();
    const call = { sessionToken, instanceId: "" };
    await client.update(
      call,
      { package: HOST, path: "bin/host", executable: true },
      `#!${process.execPath}
      const { spawn } = require("node:child_process");
      const child = spawn("/bin/sh", ["-c", "while :; do sleep 1; done"], { detached: true, stdio: "ignore" });
      console.log(JSON.stringify([process.pid, child.pid]));
      process.stdout.on("error", () => {});
      setInterval(() => {}, 1000);`,
    );
    const stream = client.openRun(call);
    stream.on("error", () => {});
    const [{ event }] = (await once(stream, "data")) as [RunOperationResponse];
    agent.kill("SIGKILL");
    await once(agent, "exit");
    raw.close();
    pids = JSON.parse(Buffer.from((event as { value: { data: Uint8Array } }).value.data).toString()) as number[];
    for (const pid of pids) assert.equal(await isAlive(pid), true);
  }

  for (const agentVersion of [46, 51] as const) {
    it(`leaves hosts that a ${agentVersion} over its root ends before it serves`, async () => {
      await killInOperation();
      await using _next = await startTestAgent({ root, agentVersion });
      for (const pid of pids) assert.equal(await isAlive(pid), false);
      assert.deepEqual(await readdir(path.join(root, "instances/p-buildmaster/shared/running")), []);
    });
  }

  it("leaves hosts that are found without their trace too", async () => {
    await killInOperation();
    const running = path.join(root, "instances/p-buildmaster/shared/running");
    for (const id of await readdir(running)) await writeFile(path.join(running, id, "host.json"), '{"pro');
    await mkdir(path.join(running, "empty"));
    await using _next = await startTestAgent({ root, agentVersion: 46 });
    for (const pid of pids) assert.equal(await isAlive(pid), false);
    assert.deepEqual(await readdir(running), []);
  });
});
