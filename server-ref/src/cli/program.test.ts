import assert from "node:assert/strict";
import { join } from "node:path";
import { HostEnd, HostStream, type OperationEnd } from "@berth/proto/messages/sync/v44/host";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import { createTestCertificate } from "../testing/certificate.ts";
import { beginStep, runStep } from "../testing/command-line.ts";
import { startFakeAgent } from "../testing/fake-agent.ts";
import { startFakeLegacyAgent } from "../testing/fake-legacy-agent.ts";
import { createFakeOperation, playOperation } from "../testing/fake-operations.ts";
import { type TemporaryServer, withTemporaryServer } from "../testing/temporary-server.ts";

const exited = { state: OperationState.OPERATION_STATE_EXITED, exitCode: 3 };

/** A home set up by steps alone, as a conformance suite does. */
async function setUp(server: TemporaryServer, port: number, ...agentOptions: string[]): Promise<string> {
  const home = join(server.directory, "by-steps");
  const files = await server.writeFiles("files", { "exec:bin/host": "#!/bin/sh" });
  const add = ["packages", "add", files, "--kind", "host", "--name", "host", "--version", "1", "--entry", "bin/host"];
  for (const step of [add, ["agents", "add", "fake", `127.0.0.1:${port}`, ...agentOptions]]) {
    const { exitCode, stderr } = await runStep(home, ...step);
    assert.equal(exitCode, 0, stderr);
  }
  return home;
}

describe("berth-server", function () {
  this.timeout(20_000); // each step is a process of its own

  it("syncs by steps and answers in JSON on stdout", async () => {
    await withTemporaryServer(async (server) => {
      await using agent = await startFakeAgent();
      const home = await setUp(server, agent.port);
      const { exitCode, stdout } = await runStep(home, "sync", "fake", "--json");
      assert.equal(exitCode, 0);
      const answer = JSON.parse(stdout);
      assert.equal(answer.files, 1);
      assert.equal(answer.instance, "p-berth/s-fake");
      assert.equal(agent.greetings.length, 1);
    });
  });

  it("passes an operation's words, output and exit code through untouched", async () => {
    await withTemporaryServer(async (server) => {
      const operation = createFakeOperation(
        [
          ["stdout", "out\n"],
          ["stderr", "err\n"],
        ],
        exited,
      );
      await using agent = await startFakeAgent({ operations: playOperation(operation) });
      const home = await setUp(server, agent.port);
      const result = await runStep(home, "run", "fake", "deploy", "--json", "-x", "--", "a  b");
      assert.deepEqual(result, { exitCode: 3, stdout: "out\n", stderr: "err\n" });
      assert.equal(operation.starts[0]?.name, "deploy");
      assert.deepEqual(operation.starts[0]?.arguments, ["--json", "-x", "--", "a  b"]);
    });
  });

  it("ends with 10 and the reason on stderr when an operation ends without an exit code", async () => {
    await withTemporaryServer(async (server) => {
      const operation = createFakeOperation([], {
        state: OperationState.OPERATION_STATE_TIMED_OUT,
        reason: "time was up",
      });
      await using agent = await startFakeAgent({ operations: playOperation(operation) });
      const home = await setUp(server, agent.port);
      const { exitCode, stderr } = await runStep(home, "run", "--timeout", "2m", "fake", "deploy");
      assert.equal(exitCode, 10);
      assert.match(stderr, /TIMED_OUT: time was up/);
      assert.equal(operation.starts[0]?.timeoutMs, 120_000n);
    });
  });

  it("cancels on the agent and ends with 130 when it is interrupted", async () => {
    await withTemporaryServer(async (server) => {
      const operation = createFakeOperation([["stdout", "begun\n"]], undefined);
      await using agent = await startFakeAgent({ operations: playOperation(operation) });
      const home = await setUp(server, agent.port);
      const step = beginStep(home, "run", "fake", "deploy");
      await step.prints("begun");
      step.child.kill("SIGINT");
      const { exitCode, stderr } = await step.ended;
      assert.equal(exitCode, 130);
      assert.equal(operation.cancels.length, 1);
      assert.match(stderr, /asking the agent to end the operation/);
      assert.ok(stderr.includes(`the operation ${operation.starts[0]?.operationId} ended as CANCELLED`), stderr);
    });
  });

  it("leaves at once when it is interrupted again, and says what is left behind", async () => {
    await withTemporaryServer(async (server) => {
      const operation = createFakeOperation([["stdout", "begun\n"]], undefined);
      operation.isStubborn = true;
      await using agent = await startFakeAgent({ operations: playOperation(operation) });
      const home = await setUp(server, agent.port);
      const step = beginStep(home, "run", "fake", "deploy");
      await step.prints("begun");
      step.child.kill("SIGINT");
      await step.says("once more leaves at once");
      step.child.kill("SIGINT");
      const { exitCode, stderr } = await step.ended;
      assert.equal(exitCode, 130);
      assert.match(stderr, /can still be running on the agent/);
    });
  });

  it("cancels on the agent when nobody reads the output any more", async () => {
    await withTemporaryServer(async (server) => {
      const operation = createFakeOperation(
        [
          ["stdout", "one\n"],
          ["stdout", "two\n"],
        ],
        undefined,
      );
      await using agent = await startFakeAgent({ operations: playOperation(operation) });
      const home = await setUp(server, agent.port);
      const step = beginStep(home, "run", "fake", "deploy");
      operation.beforeAnswer = (call) => {
        if (call === "start") step.child.stdout?.destroy();
        return false;
      };
      assert.equal((await step.ended).exitCode, 130);
      assert.equal(operation.cancels.length, 1);
    });
  });

  it("says why an agent cannot be reached from a chosen source", async () => {
    await withTemporaryServer(async (server) => {
      const home = await setUp(server, 1, "--source", "127.0.0.5");
      const { exitCode, stderr } = await runStep(home, "sync", "fake");
      assert.equal(exitCode, 5);
      assert.match(stderr, /ECONNREFUSED 127\.0\.0\.1:1\./);
    });
  });

  for (const group of [[], ["settings"], ["packages"], ["agents"]]) {
    it(`ends the help of ${["berth-server", ...group].join(" ")} with examples`, async () => {
      const { stdout } = await runStep("", ...group, "--help");
      assert.match(stdout, /\nExamples:\n( {2}\$ berth-server .*\n){2,}/);
    });
  }

  const legacyEnds: [string, Partial<OperationEnd>, number, RegExp][] = [
    ["its exit code", { how: HostEnd.HOST_END_EXITED, exitCode: 4 }, 4, /^$/],
    [
      "10 for another end",
      { how: HostEnd.HOST_END_HOST_DIED, reason: "signal 9" },
      10,
      /HOST_DIED: signal 9 \(LEG-047\)/,
    ],
  ];
  for (const [title, how, exitCode, words] of legacyEnds) {
    it(`syncs and runs on an agent of an older dialect, and ends with ${title}`, async () => {
      await withTemporaryServer(async (server) => {
        await using agent = await startFakeLegacyAgent(46, {
          runOperation(call) {
            const out = { stream: HostStream.HOST_STREAM_STDOUT, data: Buffer.from("out\n") };
            const end = { how: HostEnd.HOST_END_EXITED, exitCode: 0, reason: "", ...how };
            call.write({ event: { $case: "output", value: out } });
            call.write({ event: { $case: "end", value: end } });
            call.end();
          },
        });
        const home = await setUp(server, agent.port);
        await runStep(home, "settings", "set", "Agent.InstanceId", "blue");
        const synced = await runStep(home, "sync", "fake", "--require-isolation", "--json");
        assert.equal(JSON.parse(synced.stdout).dialect, 44);
        const ran = await runStep(home, "run", "fake", "deploy");
        assert.equal(ran.exitCode, exitCode);
        assert.equal(ran.stdout, "out\n");
        assert.match(ran.stderr, words);
        const [, ended] = (await runStep(home, "run", "--json", "fake", "deploy")).stdout.split("\n");
        assert.equal(JSON.parse(ended ?? "").operationId, null);
        assert.equal(JSON.parse(ended ?? "").dialect, 44);
      });
    });
  }

  it("cancels the call and ends with 130 when it is interrupted on an agent of an older dialect", async () => {
    await withTemporaryServer(async (server) => {
      const { promise: cancelled, resolve } = Promise.withResolvers<void>();
      await using agent = await startFakeLegacyAgent(42, {
        runOperation(call) {
          call.on("cancelled", resolve);
          call.on("error", () => {});
          const begun = { stream: HostStream.HOST_STREAM_STDOUT, data: Buffer.from("begun\n") };
          call.write({ event: { $case: "output", value: begun } });
        },
      });
      const home = await setUp(server, agent.port);
      const step = beginStep(home, "run", "fake", "deploy");
      await step.prints("begun");
      step.child.kill("SIGINT");
      assert.equal((await step.ended).exitCode, 130);
      await cancelled;
    });
  });

  for (const words of [
    ["sync", "fake", "--require-isolation"],
    ["run", "--require-isolation", "fake", "deploy"],
  ]) {
    it(`ends with 11 and the remedy for ${words.join(" ")} on an agent that shares its instance`, async () => {
      await withTemporaryServer(async (server) => {
        await using agent = await startFakeLegacyAgent(46);
        const home = await setUp(server, agent.port);
        const { exitCode, stderr } = await runStep(home, ...words);
        assert.equal(exitCode, 11);
        assert.match(stderr, /asked SERVER, given PRODUCT.*Set Agent\.InstanceId/s);
        assert.equal(agent.lists.length, 0);
      });
    });
  }

  it("says when a setting takes effect, and that an InstanceId has none below the product's minimum version", async () => {
    await withTemporaryServer(async (server) => {
      const home = join(server.directory, "by-steps");
      const set = (name: string, value: string) => runStep(home, "settings", "set", name, value);
      const first = await set("Agent.InstanceId", "blue");
      assert.match(first.stdout, /at the server's next start: with the next command; a sync or run that is under way/);
      assert.equal(first.stderr, "");
      assert.equal((await set("Server.ProductVersion", "6.1.19")).stderr, "");
      const noEffect = /Agent\.InstanceId has no effect: BuildMaster 6\.1\.19 is below 6\.1\.20.*INST-042/;
      assert.match((await set("Server.Product", "BuildMaster")).stderr, noEffect);
      assert.match((await set("Agent.InstanceId", "green")).stderr, noEffect);
      assert.equal((await set("Agent.InstanceId", " ")).stderr, "");
      await set("Agent.InstanceId", "green");
      assert.equal((await set("Server.ProductVersion", "6.1.20")).stderr, "");
    });
  });

  it("connects from the source address it was given", async () => {
    await withTemporaryServer(async (server) => {
      const peers: string[] = [];
      await using agent = await startFakeAgent({ peer: (address) => peers.push(address) });
      const home = await setUp(server, agent.port, "--source", "127.0.0.5");
      assert.equal((await runStep(home, "sync", "fake")).exitCode, 0);
      assert.match(peers[0] ?? "", /^127\.0\.0\.5:/);
    });
  });

  it("ends with 7 and both thumbprints when the pin is not the agent's", async () => {
    await withTemporaryServer(async (server) => {
      const { pin, credentials } = await createTestCertificate();
      await using agent = await startFakeAgent({}, credentials);
      const expected = "ab".repeat(32);
      const home = await setUp(server, agent.port, "--pin", expected);
      const { exitCode, stderr } = await runStep(home, "sync", "fake");
      assert.equal(exitCode, 7);
      assert.ok(stderr.includes(expected) && stderr.includes(pin.toString("hex")), stderr);
    });
  });

  const ends: [string, number, string[]][] = [
    ["an unknown step", 2, ["dance"]],
    ["an unknown step of a group", 2, ["agents", "dance"]],
    ["nothing to do", 2, []],
    ["a missing argument", 2, ["sync"]],
    ["an unknown option", 2, ["packages", "list", "--colour"]],
    ["an unknown setting", 2, ["settings", "set", "Agent.Id", "x"]],
    ["an unknown agent", 3, ["run", "nobody", "deploy"]],
    ["an unknown package", 3, ["packages", "remove", "extension", "One", "1"]],
    ["an agent that was added before", 4, ["agents", "add", "gone", "127.0.0.1:1"]],
    ["an agent that does not listen", 5, ["sync", "gone"]],
    ["plaintext beyond loopback", 7, ["agents", "add", "far", "192.0.2.1:1", "--plaintext"]],
    ["help", 0, ["run", "--help"]],
  ];
  for (const [title, code, words] of ends) {
    it(`ends with ${code} for ${title}`, async () => {
      await withTemporaryServer(async (server) => {
        const home = join(server.directory, "by-steps");
        await runStep(home, "agents", "add", "gone", "127.0.0.1:1");
        const { exitCode, stderr, stdout } = await runStep(home, ...words);
        assert.equal(exitCode, code);
        assert.equal(code === 0 ? stderr : stdout, "");
      });
    });
  }

  it("says what failed in JSON on stderr with --json", async () => {
    await withTemporaryServer(async (server) => {
      const { stdout, stderr } = await runStep(join(server.directory, "by-steps"), "sync", "nobody", "--json");
      assert.equal(stdout, "");
      const { error } = JSON.parse(stderr);
      assert.equal(error.exitCode, 3);
      assert.match(error.remedy, /agents list/);
    });
  });
});
