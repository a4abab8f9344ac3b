import assert from "node:assert/strict";
import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import {
  HostEnd,
  HostStream,
  type OperationEnd,
  type RunOperationRequest,
  type RunOperationResponse,
} from "@berth/proto/messages/sync/v44/host";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { ExitCode } from "../errors/exit-code.ts";
import { setSetting } from "../home/settings.ts";
import type { OperationResult } from "../operations/operation-result.ts";
import { runOperation } from "../operations/run-operation.ts";
import { startCuttableRelay } from "../testing/cuttable-relay.ts";
import { startFakeLegacyAgent } from "../testing/fake-legacy-agent.ts";
import type { FakeLegacyAgent } from "../testing/fake-legacy-state.ts";
import { fakeRefusal } from "../testing/fake-refusal.ts";
import { noLimits } from "../testing/loopback-server.ts";
import { agentAt, type TemporaryServer, withTemporaryServer } from "../testing/temporary-server.ts";

type HostCall = ServerWritableStream<RunOperationRequest, RunOperationResponse>;

const exited = { how: HostEnd.HOST_END_EXITED, exitCode: 3 };

function output(text: string, stream: HostStream = HostStream.HOST_STREAM_STDOUT): RunOperationResponse {
  return { event: { $case: "output", value: { stream, data: Buffer.from(text) } } };
}

function end(how: Partial<OperationEnd>): RunOperationResponse {
  return { event: { $case: "end", value: { how: HostEnd.HOST_END_EXITED, exitCode: 0, reason: "", ...how } } };
}

/** An agent that plays one operation, and a record of the calls. */
async function withHost(
  version: number,
  play: (call: HostCall, count: number) => void,
  work: (server: TemporaryServer, agent: FakeLegacyAgent, calls: RunOperationRequest[]) => Promise<void>,
): Promise<void> {
  await withTemporaryServer(async (server) => {
    await server.publish("host", "node-host", "1", { "exec:bin/host": "#!/bin/sh" });
    const calls: RunOperationRequest[] = [];
    await using agent = await startFakeLegacyAgent(version, {
      runOperation(call) {
        call.on("error", () => {});
        calls.push(call.request);
        play(call, calls.length);
      },
    });
    await work(server, agent, calls);
  });
}

async function run(
  server: TemporaryServer,
  port: number,
  signal?: AbortSignal,
): Promise<{ result: OperationResult; output: string[] }> {
  const output: string[] = [];
  const task = { ...server.task(), ...(signal && { signal }) };
  const order = { name: "deploy", arguments: ["--force", "ä b"], timeoutMs: 7_000 };
  const result = await runOperation(agentAt(port), task, order, async (stream, bytes) => {
    output.push(`${stream}: ${Buffer.from(bytes)}`);
  });
  return { result, output };
}

describe("a run on an agent of an older dialect", () => {
  for (const [version, dialect, instanceId] of [
    [42, 1, ""],
    [46, 44, "blue"],
  ] as const) {
    it(`syncs first, names the loaded host, and passes output and exit code on from version ${version}`, async () => {
      const play = (call: HostCall) => {
        call.write(output("one"));
        call.write(output("two", HostStream.HOST_STREAM_STDERR));
        call.write(end(exited));
        call.end();
      };
      await withHost(version, play, async (server, agent, calls) => {
        setSetting(server.home, "Agent.InstanceId", "blue");
        const { result, output } = await run(server, agent.port);
        assert.deepEqual(output, ["stdout: one", "stderr: two"]);
        const { agent: _, ...rest } = result;
        assert.deepEqual(rest, {
          dialect,
          operationId: undefined,
          state: "EXITED",
          exitCode: 3,
          reason: "",
          outputBytes: 6,
          outputTruncated: false,
        });
        const { sessionToken, ...call } = calls[0]!;
        assert.deepEqual(call, {
          instanceId,
          host: "node-host",
          entry: "bin/host",
          name: "deploy",
          arguments: ["--force", "ä b"],
          timeoutMs: 7_000n,
        });
        assert.equal(agent.updates.length, 1);
      });
    });
  }

  const ends: [string, number, string][] = [
    ["a host that died", HostEnd.HOST_END_HOST_DIED, "HOST_DIED"],
    ["time that was up", HostEnd.HOST_END_TIMED_OUT, "TIMED_OUT"],
    ["a way it does not know", 99, "UNRECOGNIZED"],
  ];
  for (const [title, how, state] of ends) {
    it(`gives no exit code for an end by ${title}`, async () => {
      const play = (call: HostCall) => {
        call.write(end({ how: how as HostEnd, reason: "gone\u001b[31m" }));
        call.end();
      };
      await withHost(46, play, async (server, agent) => {
        const { result } = await run(server, agent.port);
        assert.equal(result.state, state);
        assert.equal(result.exitCode, undefined);
        assert.equal(result.reason, "gone [31m");
      });
    });
  }

  it("fails when the call ends without an end, and does not repeat it", async () => {
    const play = (call: HostCall) => {
      call.write(output("begun"));
      call.end();
    };
    await withHost(46, play, async (server, agent, calls) => {
      await assert.rejects(run(server, agent.port), {
        exitCode: ExitCode.agentUnreachable,
        message: /without saying how/,
      });
      assert.equal(calls.length, 1);
    });
  });

  for (const [title, begin] of [
    ["before any output", () => {}],
    ["after some output", (call: HostCall) => void call.write(output("begun"))],
  ] as const) {
    it(`fails when the connection breaks ${title}, and does not repeat the call`, async () => {
      let cut = () => {};
      const play = (call: HostCall) => {
        begin(call);
        cut();
      };
      await withHost(46, play, async (server, agent, calls) => {
        await using relay = await startCuttableRelay(agent.port);
        cut = relay.cut;
        const failure = { exitCode: ExitCode.agentUnreachable, clause: "LEG-048", remedy: /not repeated/ };
        await assert.rejects(run(server, relay.port), failure);
        assert.equal(calls.length, 1);
      });
    });
  }

  it("asks again under a new session, or later, where the agent says that nothing was begun", async () => {
    const refusals = [
      fakeRefusal(ErrorCode.ERROR_CODE_SESSION_UNKNOWN),
      fakeRefusal(ErrorCode.ERROR_CODE_TOO_MANY_OPERATIONS, { retryable: true }),
    ];
    const play = (call: HostCall, count: number) => {
      const refusal = refusals[count - 1];
      if (refusal) return void call.emit("error", refusal);
      call.write(end(exited));
      call.end();
    };
    await withHost(46, play, async (server, agent, calls) => {
      assert.equal((await run(server, agent.port)).result.exitCode, 3);
      assert.equal(calls.length, 3);
      assert.equal(agent.greetings.length, 2);
      assert.notEqual(calls[0]?.sessionToken, calls[1]?.sessionToken);
    });
  });

  for (const [title, begin] of [
    ["that is not retryable", { code: ErrorCode.ERROR_CODE_NO_HOST, words: {}, text: "" }],
    [
      "that came after output",
      { code: ErrorCode.ERROR_CODE_STORAGE_FAILED, words: { retryable: true }, text: "begun" },
    ],
  ] as const) {
    it(`shows a refusal ${title} and does not repeat it`, async () => {
      const play = (call: HostCall) => {
        const refuse = () => call.emit("error", fakeRefusal(begin.code, begin.words));
        if (begin.text) call.write(output(begin.text), refuse);
        else refuse();
      };
      await withHost(46, play, async (server, agent, calls) => {
        await assert.rejects(run(server, agent.port), { exitCode: ExitCode.refusedByAgent });
        assert.equal(calls.length, 1);
      });
    });
  }

  it("cancels the call when it is interrupted", async () => {
    const controller = new AbortController();
    const { promise: cancelled, resolve } = Promise.withResolvers<void>();
    const play = (call: HostCall) => {
      call.on("cancelled", resolve);
      call.write(output("begun"));
      controller.abort(new Error("interrupted"));
    };
    await withHost(46, play, async (server, agent, calls) => {
      const { result } = await run(server, agent.port, controller.signal);
      assert.equal(result.state, "CANCELLED");
      assert.equal(result.exitCode, undefined);
      await cancelled;
      assert.equal(calls.length, 1);
    });
  });

  it("fails before anything but the greeting is sent where no host is loaded", async () => {
    await withTemporaryServer(async (server) => {
      await server.publish("extension", "One", "1", { "a.txt": "a" });
      await using agent = await startFakeLegacyAgent(46);
      await assert.rejects(run(server, agent.port), { exitCode: ExitCode.notFound, message: /No host is loaded/ });
      assert.equal(agent.greetings.length, 1);
      assert.equal(agent.lists.length + agent.updates.length, 0);
    });
  });

  for (const limits of [{ maxArgumentBytes: 10 }, { maxMessageBytes: 1_114_112 }]) {
    it(`keeps within ${Object.keys(limits)[0]}`, async () => {
      await withHost(
        46,
        () => {},
        async (server, agent, calls) => {
          agent.behaviour.negotiate = () => ({ limits: { ...noLimits, ...limits } });
          const order = { name: "deploy", arguments: ["x".repeat(1_114_112)], timeoutMs: 0 };
          const running = runOperation(agentAt(agent.port), server.task(), order, async () => {});
          await assert.rejects(running, { exitCode: ExitCode.refusedByAgent, clause: "HS-033" });
          assert.equal(calls.length, 0);
        },
      );
    });
  }

  const lies: [string, RunOperationResponse[], RegExp][] = [
    ["goes on after the end", [end(exited), output("late")], /goes on after the end/],
    ["does not say how it ended", [end({ how: HostEnd.HOST_END_UNSPECIFIED })], /does not say how/],
  ];
  for (const [title, answers, message] of lies) {
    it(`fails when the agent ${title}`, async () => {
      const play = (call: HostCall) => {
        for (const answer of answers) call.write(answer);
        call.end();
      };
      await withHost(46, play, async (server, agent) => {
        await assert.rejects(run(server, agent.port), { exitCode: ExitCode.syncBrokeOff, message });
      });
    });
  }
});
