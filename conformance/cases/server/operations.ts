import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { ServerCase } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { agentThatCutsBeforeAnswering } from "../../src/mallory/agent/cuts.ts";
import { agentThatRefuses } from "../../src/mallory/agent/refusals.ts";
import { extensionOf } from "../../src/material/shell-host.ts";
import type { AgentPeer } from "../../src/peers/agent-peer.ts";
import { expectFailure, expectSuccess, expectSynced } from "./expect-step.ts";
import { readyServer, requireDone } from "./ready-server.ts";

const UNSUCCESSFUL_STATES = {
  "host-not-started": OperationState.OPERATION_STATE_HOST_NOT_STARTED,
  "host-died": OperationState.OPERATION_STATE_HOST_DIED,
  cancelled: OperationState.OPERATION_STATE_CANCELLED,
  "timed-out": OperationState.OPERATION_STATE_TIMED_OUT,
  abandoned: OperationState.OPERATION_STATE_ABANDONED,
  "unknown-after-restart": OperationState.OPERATION_STATE_UNKNOWN_AFTER_RESTART,
} as const;

/** Cases about operations: their ids, their output, what is reported. */
export const operationCases: readonly ServerCase[] = [
  {
    id: "server-runs-an-operation",
    clauses: ["OP-062", "OP-061", "OP-063"],
    title: "A server runs an operation by name with its arguments, shows its output and reports success",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({
        operations: { greet: { stages: [[{ stream: "stdout", data: "good morning\n" }]] } },
      });
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);

      const result = await server.run("greet", "Ada", "two words", "");

      agent.requireFaithful();
      expectSuccess(result, "the operation");
      expectThat(result.stdout.includes("good morning"), result.stdout, { code: "output-lost", what: "its output" });
      const [start] = agent.seen.operations[0]?.starts ?? [];
      expectEqual(start?.arguments, ["Ada", "two words", ""], { code: "arguments-changed", what: "its arguments" });
    },
  },
  ...[1, 3, 127].map(
    (exitCode): ServerCase => ({
      id: `server-reports-exit-code-${exitCode}`,
      clauses: ["OP-062"],
      title: `A server reports an operation that exits with ${exitCode} as failed`,
      twin: "server-runs-an-operation",
      async run(context) {
        const agent = await context.agent({ operations: { fail: { exitCode } } });
        const server = await readyServer(context, agent);
        expectSynced(await server.sync(), agent);

        const result = await server.run("fail");

        expectFailure(result, "the operation");
        // What the contract of the steps asks for; no clause speaks of it.
        if (result.exitCode !== exitCode)
          context.observe(`the step ends with ${result.exitCode}, not with ${exitCode}`);
      },
    }),
  ),
  ...Object.entries(UNSUCCESSFUL_STATES).map(
    ([name, state]): ServerCase => ({
      id: `server-reports-${name}`,
      clauses: ["OP-062"],
      title: `A server reports an operation in the state ${name} as failed`,
      twin: "server-runs-an-operation",
      async run(context) {
        const stages = [[{ stream: "stdout", data: "begun" }], []] as const;
        const agent = await context.agent({ operations: { fail: { state, stages, reason: "The heron took it." } } });
        const server = await readyServer(context, agent);
        expectSynced(await server.sync(), agent);

        const result = await server.run("fail");

        agent.requireFaithful();
        expectFailure(result, "the operation");
      },
    }),
  ),
  {
    id: "server-reads-output-as-it-comes",
    clauses: ["OP-061"],
    title:
      "A server reads on from next_cursor until the operation has ended, and shows both streams complete and in order",
    twin: "server-runs-an-operation",
    async run(context) {
      const lines = Array.from({ length: 12 }, (_, index) => `line ${index}\n`);
      const stages = lines.map((data, index) => [
        { stream: "stdout", data } as const,
        { stream: "stderr", data: `note ${index}\n` } as const,
      ]);
      const agent = await context.agent({ operations: { work: { stages } } });
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);

      const result = await server.run("work");

      expectSuccess(result, "the operation");
      expectDrained(agent);
      expectThat(result.stdout.includes(lines.join("").trimEnd()), result.stdout, {
        code: "output-wrong",
        what: "all of stdout in order",
      });
      const notes = lines
        .map((_, index) => `note ${index}\n`)
        .join("")
        .trimEnd();
      expectThat(result.stderr.includes(notes), result.stderr, {
        code: "output-wrong",
        what: "all of stderr in order",
      });
    },
  },
  {
    id: "server-reads-all-output-of-an-ended-operation",
    clauses: ["OP-061"],
    title: "A server reads on though the state is final, until next_cursor equals output_bytes",
    twin: "server-runs-an-operation",
    async run(context) {
      const data = "0123456789".repeat(30);
      const agent = await context.agent({
        operations: { work: { stages: [[{ stream: "stdout", data }]] } },
        outputBytesPerAnswer: 70,
      });
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);

      const result = await server.run("work");

      expectSuccess(result, "the operation");
      expectDrained(agent);
      expectThat(result.stdout.includes(data), result.stdout, { code: "output-lost", what: "all of the output" });
    },
  },
  {
    id: "server-reads-on-after-a-lost-answer",
    clauses: ["OP-061"],
    title: "A server whose connection breaks amid output reads on where it was, or reports failure",
    twin: "server-reads-output-as-it-comes",
    async run(context) {
      const stages = ["one ", "two ", "three ", "four"].map((data) => [{ stream: "stdout", data } as const]);
      const agent = await context.agent({ operations: { work: { stages } }, ...agentThatCutsBeforeAnswering("read") });
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);

      const result = await server.run("work");

      agent.requireFaithful();
      if (result.exitCode !== 0) return;
      expectDrained(agent);
      expectThat(result.stdout.includes("one two three four"), result.stdout, {
        code: "output-wrong",
        what: "each byte of the output once, in order",
      });
    },
  },
  {
    id: "server-repeats-a-lost-start",
    clauses: ["OP-060"],
    title: "A server whose start was not answered repeats it under the same id",
    twin: "server-runs-an-operation",
    async run(context) {
      const agent = await context.agent({
        operations: { work: { stages: [[{ stream: "stdout", data: "worked" }]] } },
        ...agentThatCutsBeforeAnswering("start"),
      });
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);

      const result = await server.run("work");

      agent.requireFaithful();
      const starts = agent.seen.operations.map((operation) => operation.starts.length);
      expectEqual(starts, [2], { code: "start-not-repeated", what: "starts of each operation id" });
      expectSuccess(result, "the operation");
    },
  },
  {
    id: "server-chooses-new-operation-ids",
    clauses: ["OP-060"],
    title: "A server chooses a new UUID for each operation, though the name and arguments are the same",
    twin: "server-runs-an-operation",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);
      for (let time = 1; time <= 3; time += 1) expectSuccess(await server.run("work", "same"), "the operation");

      agent.requireFaithful();
      expectEqual(agent.seen.operations.length, 3, { code: "operation-id-repeated", what: "different operation ids" });
    },
  },
  {
    id: "server-starts-nothing-before-its-generation",
    clauses: ["OP-063"],
    title: "A server that is told to run before it has synced starts nothing that its session has not confirmed",
    twin: "server-runs-an-operation",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent);

      const result = await server.run("work");

      agent.requireFaithful();
      const started = agent.seen.operations.length > 0;
      expectThat(started || result.exitCode !== 0, "it reports success and has started nothing", {
        code: "success-without-work",
        clause: "OP-062",
        what: "an operation, or a report of failure",
      });
    },
  },
  {
    id: "server-runs-what-it-loaded-last",
    clauses: ["OP-063"],
    title: "A server that has loaded a package since its last sync runs from the generation with that package",
    twin: "server-runs-an-operation",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);
      requireDone(await server.addPackage(extensionOf("Later", { "later.txt": "loaded after the sync" })));

      const result = await server.run("work");

      agent.requireFaithful();
      expectSuccess(result, "the operation");
      const [operation] = agent.seen.operations;
      const from = agent.seen.syncs.find(
        ({ committed, offer }) => committed && Buffer.from(operation!.manifestDigest).equals(offer!.manifestDigest),
      );
      const names = from?.manifest?.packages.map(({ name }) => name) ?? [];
      expectThat(names.includes("Later"), `the packages ${names.join(", ")}`, {
        code: "wrong-generation",
        clause: "OP-063",
        what: "a generation with the package Later",
      });
    },
  },
  {
    id: "server-starts-nothing-after-a-failed-sync",
    clauses: ["OP-063"],
    title: "A server whose sync is refused starts no operation",
    twin: "server-runs-an-operation",
    async run(context) {
      const error = { code: ErrorCode.ERROR_CODE_QUOTA_EXCEEDED, clause: "SYNC-033" };
      const agent = await context.agent(agentThatRefuses("offer", error));
      const server = await readyServer(context, agent);
      expectFailure(await server.sync(), "the sync", "ERR-008");

      const result = await server.run("work");

      agent.requireFaithful();
      expectFailure(result, "an operation without its generation");
      expectEqual(agent.seen.operations.length, 0, { code: "started", what: "operations started" });
    },
  },
];

/** Expects every operation to have been read to its end, cursor by cursor. */
function expectDrained(agent: AgentPeer): void {
  agent.requireFaithful();
  for (const { deliveredBytes, outputBytes } of agent.seen.operations)
    expectEqual(deliveredBytes, outputBytes, { code: "output-unread", clause: "OP-061", what: "output bytes read" });
}
