import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import path from "node:path";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { HostEnd, type RunOperationResponse } from "@berth/proto/messages/sync/v44/host";
import { afterEach, beforeEach, describe, it } from "mocha";
import { isAlive, until } from "../operations/testing-place.test.ts";
import { endProcesses } from "../testing/end-processes.ts";
import { connectLegacyClient, HOST, type LegacyCall, type LegacyClient } from "../testing/legacy-client.ts";
import { refusedWith } from "../testing/refused-with.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";

const SLEEP = "while :; do sleep 1; done";

describe("an operation of a tree", () => {
  let agent: TestAgent;
  let client: LegacyClient;
  let call: LegacyCall;
  let instance: string;
  const pids: number[] = [];

  beforeEach(() => startAgainst({}));

  async function startAgainst(limits: Partial<Limits>): Promise<void> {
    agent = await startTestAgent({ agentVersion: 44, limits });
    client = connectLegacyClient(agent.address);
    const { sessionToken, instanceName } = await agent.client.negotiate({ instanceId: "blue" });
    call = { sessionToken, instanceId: "blue" };
    instance = path.join(agent.root, "instances", instanceName);
  }

  afterEach(async () => {
    await endAgent();
    endProcesses(pids.splice(0));
  });

  async function endAgent(): Promise<void> {
    client[Symbol.dispose]();
    await agent[Symbol.asyncDispose]();
  }

  const shellHost = (script: string) => host(`#!/bin/sh\n${script}\n`);
  const host = (content: string, executable = true) =>
    client.update(call, { package: HOST, path: "bin/host", executable }, content);
  const running = () => readdir(path.join(instance, "running"));

  /** Starts a host that writes its process id and then nothing, and answers when it has. */
  async function startSleeper() {
    await shellHost(`echo $$; ${SLEEP}`);
    const stream = client.openRun(call);
    stream.on("error", () => {});
    const [{ event }] = (await once(stream, "data")) as [RunOperationResponse];
    assert.ok(event?.$case === "output");
    const pid = Number(Buffer.from(event.value.data).toString());
    pids.push(pid);
    return { stream, pid };
  }

  it("runs the host of the tree with its name, its arguments, and what a host is given", async () => {
    await client.update(call, { path: "lib/a.txt" }, "alpha");
    await shellHost(
      'cat "$BERTH_EXTENSIONS/Sample/lib/a.txt"; for one; do echo "<$one>"; done; cat; ls -A; pwd; echo "$BERTH_WORK"; env >&2; exit 3',
    );
    const { stdout, stderr, end } = await client.run(call, { name: "Work hard", arguments: ["", "a b", "é"] });
    const [first, ...rest] = Buffer.from(stdout, "latin1").toString().split("\n");
    assert.deepEqual([first, ...rest.slice(0, 3)], ["alpha<Work hard>", "<>", "<a b>", "<é>"]);
    assert.equal(rest[3], rest[4]);
    assert.match(stderr, /^BERTH_OPERATION_ID=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/m);
    assert.deepEqual(end, { how: HostEnd.HOST_END_EXITED, exitCode: 3, reason: "" });
    await until(async () => (await running()).length === 0, "nothing is left of the operation");
  });

  it("runs whatever the tree holds when it starts, and goes on running it when the file is replaced", async () => {
    const { stream, pid } = await startSleeper();
    await shellHost("echo new");
    assert.equal((await client.run(call)).stdout, "new\n");
    assert.equal(await isAlive(pid), true);
    stream.cancel();
  });

  it("runs without any extension, from a directory that is there", async () => {
    await shellHost('ls -A "$BERTH_EXTENSIONS" && echo listed');
    assert.equal((await client.run(call)).stdout, "listed\n");
  });

  it("sends all the output in the order it came, each stream marked, and then the end", async () => {
    const lines = 8 * 1024;
    await host(`#!${process.execPath}
      const lines = Buffer.alloc(${lines} * 1024);
      for (let i = 0; i < ${lines}; i++) lines.writeUInt32BE(i, i * 1024);
      process.stderr.write("first", () => process.stdout.write(lines, () => process.exit(4)));
    `);
    const { stdout, stderr, end } = await client.run(call);
    const received = Buffer.from(stdout, "latin1");
    assert.equal(received.length, lines * 1024);
    for (let i = 0; i < lines; i++) assert.equal(received.readUInt32BE(i * 1024), i);
    assert.equal(stderr, "first");
    assert.deepEqual(end, { how: HostEnd.HOST_END_EXITED, exitCode: 4, reason: "" });
  });

  it("ends by force, with all it started, when its call is cancelled", async () => {
    await shellHost(`trap "" TERM; sh -c 'trap "" TERM; echo $$; ${SLEEP}' & echo $$; wait; ${SLEEP}`);
    const stream = client.openRun(call);
    stream.on("error", () => {});
    let written = "";
    stream.on("data", ({ event }: RunOperationResponse) => {
      if (event?.$case === "output") written += Buffer.from(event.value.data).toString();
    });
    await until(() => written.trim().split("\n").length === 2, "both processes run");
    pids.push(...written.trim().split("\n").map(Number));
    stream.cancel();
    for (const pid of pids) {
      await until(async () => !(await isAlive(pid)), "the process has ended");
    }
    await until(async () => (await running()).length === 0, "nothing is left of the operation");
  });

  it("ends by force when its connection is gone", async () => {
    const sockets: Socket[] = [];
    const port = Number(agent.address.split(":")[1]);
    const relay = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      for (const socket of [near, far]) sockets.push(socket.on("error", () => {}));
      near.pipe(far).pipe(near);
    }).listen(0, "127.0.0.1");
    await once(relay, "listening");
    client[Symbol.dispose]();
    client = connectLegacyClient(`127.0.0.1:${(relay.address() as AddressInfo).port}`);
    const { pid } = await startSleeper();
    relay.close();
    for (const socket of sockets) socket.destroy();
    await until(async () => !(await isAlive(pid)), "the process has ended");
  });

  it("ends when the agent stops", async () => {
    const { pid } = await startSleeper();
    await agent.restart();
    assert.equal(await isAlive(pid), false);
    assert.deepEqual(await running(), []);
  });

  it("is told apart by how it ended", async () => {
    await shellHost("kill -9 $$");
    const died = (await client.run(call)).end!;
    assert.equal(died.how, HostEnd.HOST_END_HOST_DIED);
    assert.match(died.reason, /SIGKILL/);

    await shellHost(SLEEP);
    const timedOut = (await client.run(call, { timeoutMs: 50n })).end!;
    assert.equal(timedOut.how, HostEnd.HOST_END_TIMED_OUT);
    assert.match(timedOut.reason, /50 ms/);

    await host("no program");
    const notStarted = (await client.run(call)).end!;
    assert.equal(notStarted.how, HostEnd.HOST_END_HOST_NOT_STARTED);
    assert.match(notStarted.reason, /sample-host/);
    assert.ok(!notStarted.reason.includes(agent.root));
  });

  it("ends what a host left in its group", async () => {
    await shellHost(`sh -c 'echo $$; : >ready; ${SLEEP}' & while [ ! -e ready ]; do :; done`);
    const { stdout } = await client.run(call);
    pids.push(Number(stdout));
    assert.equal(await isAlive(Number(stdout)), false);
  });

  it("is refused with NO_HOST when the host is not there or its entry is no executable file, before all else", async () => {
    const badName = { name: "", arguments: ["\0"] };
    await refusedWith("ERROR_CODE_NO_HOST", client.run(call, badName));
    await host("#!/bin/sh\n", false);
    await refusedWith("ERROR_CODE_NO_HOST", client.run(call, badName));
    await shellHost("true");
    for (const wanted of [{ entry: "bin" }, { entry: "bin/other" }, { entry: "../host" }, { entry: "" }])
      await refusedWith("ERROR_CODE_NO_HOST", client.run(call, { ...badName, ...wanted }));
    for (const name of ["other", "..", "", "sample-host/bin"])
      await refusedWith("ERROR_CODE_NO_HOST", client.run(call, { ...badName, host: name }));
    assert.equal((await client.run(call, { host: "SAMPLE-host" })).end?.how, HostEnd.HOST_END_EXITED);
  });

  it("is refused for its name and arguments like any other", async () => {
    await endAgent();
    await startAgainst({ maxArgumentBytes: 10 });
    await shellHost("true");
    for (const wanted of [{ name: "" }, { name: "a\nb" }, { name: "x".repeat(257) }, { arguments: ["a\0"] }])
      await refusedWith("ERROR_CODE_INVALID_ARGUMENTS", client.run(call, wanted));
    await refusedWith("ERROR_CODE_LIMIT_EXCEEDED", client.run(call, { name: "Work", arguments: ["1234567"] }));
    assert.equal((await client.run(call, { name: "Work", arguments: ["123456"] })).end?.exitCode, 0);
  });

  it("is refused beyond the limit of its instance, and in no other instance", async () => {
    await endAgent();
    await startAgainst({ maxOperations: 1 });
    const { stream } = await startSleeper();
    const refusal = await refusedWith("ERROR_CODE_TOO_MANY_OPERATIONS", client.run(call));
    assert.equal(refusal.details.maximum, "1");
    const green = { ...call, instanceId: "green" };
    await client.update(green, { package: HOST, path: "bin/host", executable: true }, "#!/bin/sh\n");
    assert.equal((await client.run(green)).end?.how, HostEnd.HOST_END_EXITED);
    stream.cancel();
    await shellHost("true");
    await until(
      () =>
        client.run(call).then(
          () => true,
          () => false,
        ),
      "there is room again",
    );
  });

  it("is refused with STORAGE_FAILED when its directory cannot be made", async () => {
    await shellHost("true");
    await writeFile(path.join(instance, "running"), "in the way");
    await refusedWith("ERROR_CODE_STORAGE_FAILED", client.run(call));
  });
});
