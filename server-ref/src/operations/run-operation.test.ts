import assert from "node:assert/strict";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import { startCuttableRelay } from "../testing/cuttable-relay.ts";
import { startFakeAgent } from "../testing/fake-agent.ts";
import type { FakeAgent } from "../testing/fake-agent-state.ts";
import { createFakeOperation, type FakeOperation, playOperation } from "../testing/fake-operations.ts";
import { agentAt, type TemporaryServer, withTemporaryServer } from "../testing/temporary-server.ts";
import type { OperationResult } from "./operation-result.ts";
import { runOperation } from "./run-operation.ts";

const exited = { state: OperationState.OPERATION_STATE_EXITED, exitCode: 3 };

async function withOperation(
  operation: FakeOperation,
  work: (server: TemporaryServer, agent: FakeAgent) => Promise<void>,
): Promise<void> {
  await withTemporaryServer(async (server) => {
    await server.publish("host", "host", "1", { "exec:bin/host": "#!/bin/sh" });
    await using agent = await startFakeAgent({ operations: playOperation(operation) });
    await work(server, agent);
  });
}

async function run(
  server: TemporaryServer,
  port: number,
  signal?: AbortSignal,
): Promise<{ result: OperationResult; output: string[] }> {
  const output: string[] = [];
  const task = { ...server.task(), ...(signal && { signal }) };
  const order = { name: "deploy", arguments: ["--force", "ä b"], timeoutMs: 0 };
  const result = await runOperation(agentAt(port), task, order, async (stream, bytes) => {
    output.push(`${stream}: ${Buffer.from(bytes)}`);
  });
  return { result, output };
}

describe("a run", () => {
  it("syncs first, passes all output on in order, and gives the exit code", async () => {
    const operation = createFakeOperation(
      [
        ["stdout", "one"],
        ["stderr", "two"],
        ["stdout", "three"],
      ],
      exited,
    );
    await withOperation(operation, async (server, agent) => {
      const { result, output } = await run(server, agent.port);
      assert.deepEqual(output, ["stdout: one", "stderr: two", "stdout: three"]);
      assert.equal(result.state, "EXITED");
      assert.equal(result.exitCode, 3);
      assert.deepEqual(operation.starts[0]?.arguments, ["--force", "ä b"]);
      assert.equal(agent.store.generations.size, 1);
    });
  });

  it("starts again under the same id when the answer to the start was lost", async () => {
    const operation = createFakeOperation([["stdout", "once"]], exited);
    await withOperation(operation, async (server, agent) => {
      await using relay = await startCuttableRelay(agent.port);
      operation.beforeAnswer = (call, count) => {
        const isLost = call === "start" && count === 1;
        if (isLost) relay.cut();
        return isLost;
      };
      const { output } = await run(server, relay.port);
      assert.deepEqual(output, ["stdout: once"]);
      assert.equal(operation.starts.length, 2);
      assert.equal(operation.starts[0]?.operationId, operation.starts[1]?.operationId);
      assert.notEqual(operation.starts[0]?.sessionToken, operation.starts[1]?.sessionToken);
    });
  });

  it("loses and repeats no output over a dropped connection", async () => {
    const operation = createFakeOperation(
      [
        ["stdout", "one"],
        ["stdout", "two"],
      ],
      exited,
    );
    await withOperation(operation, async (server, agent) => {
      await using relay = await startCuttableRelay(agent.port);
      operation.beforeAnswer = (call, count) => {
        const isLost = call === "read" && count === 2;
        if (isLost) relay.cut();
        return isLost;
      };
      const { output } = await run(server, relay.port);
      assert.deepEqual(output, ["stdout: one", "stdout: two"]);
      assert.equal(agent.offers.length, 1);
    });
  });

  it("cancels the operation on the agent when it is interrupted, and waits for its end", async () => {
    const operation = createFakeOperation([["stdout", "begun"]], undefined);
    const controller = new AbortController();
    await withOperation(operation, async (server, agent) => {
      operation.beforeAnswer = (call, count) => {
        if (call === "read" && count === 2) controller.abort(new Error("interrupted"));
        return false;
      };
      const { result } = await run(server, agent.port, controller.signal);
      assert.equal(operation.cancels.length, 1);
      assert.equal(result.state, "CANCELLED");
      assert.equal(result.exitCode, undefined);
    });
  });

  it("gives no exit code and the reason for every other end", async () => {
    const end = { state: OperationState.OPERATION_STATE_HOST_DIED, reason: "signal\u001b[31m 9" };
    await withOperation(createFakeOperation([], end), async (server, agent) => {
      const { result } = await run(server, agent.port);
      assert.equal(result.state, "HOST_DIED");
      assert.equal(result.exitCode, undefined);
      assert.equal(result.reason, "signal [31m 9");
    });
  });

  it("takes a state it does not know as an end without an exit code", async () => {
    const end = { state: 99 as OperationState };
    await withOperation(createFakeOperation([], end), async (server, agent) => {
      const { result } = await run(server, agent.port);
      assert.equal(result.exitCode, undefined);
    });
  });

  it("fails when the agent's cursor does not count its output", async () => {
    const operation = createFakeOperation([["stdout", "one"]], { ...exited, outputBytes: 1n });
    await withOperation(operation, async (server, agent) => {
      await assert.rejects(run(server, agent.port), /cursor/);
    });
  });
});
