import { HostEnd } from "@berth/proto/messages/sync/v44/host";
import { within } from "../../src/attach/within.ts";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { eventually } from "../../src/expect/eventually.ts";
import { failed } from "../../src/expect/failed.ts";
import { hostOf, shellHost } from "../../src/material/shell-host.ts";
import { startForwarder } from "../../src/network/forwarder.ts";
import type { LegacyRun } from "../../src/peers/server-peer/legacy-run.ts";
import { expectHostEnd, expectHostVersion, type LegacyBerth, legacyBerth } from "./legacy-berth.ts";
import { hostAndChild, isRunning, pidIn } from "./running-process.ts";
import { withHost } from "./with-host.ts";

/** Cases of spec/legacy.md, "Operations": how one ends, and what is left of it. */
export const legacyOperationEndCases: readonly AgentCase[] = [
  {
    id: "legacy-operation-ends",
    clauses: ["LEG-045"],
    title: "How an operation ended is told apart: exited with its code, died, not started",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        for (const code of [0, 1, 2, 126, 127, 255]) {
          const run = await berth.run("exit", [String(code)]);
          expectHostEnd(run, HostEnd.HOST_END_EXITED, "LEG-045", code);
        }
        expectHostEnd(await berth.run("die"), HostEnd.HOST_END_HOST_DIED, "LEG-045");
        await berth.put(hostOf("#!/no/such/interpreter\n"));
        expectHostEnd(await berth.run("version"), HostEnd.HOST_END_HOST_NOT_STARTED, "LEG-045");
        await berth.put(shellHost("again"));
        await expectHostVersion(berth, "again", "LEG-045");
      });
    },
  },
  {
    id: "legacy-operation-times-out",
    clauses: ["LEG-045"],
    title: "An operation that runs longer than timeout_ms is ended as timed out",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        const run = await timedOut(context, berth, 300n);
        expectEqual(run.stdout, "ready\n", { code: "output-wrong", clause: "LEG-042", what: "what it wrote before" });
        const quick = await berth.run("exit", ["0"], { timeoutMs: 60_000n });
        expectHostEnd(quick, HostEnd.HOST_END_EXITED, "LEG-045");
      });
    },
  },
  {
    id: "legacy-operation-exceeds-the-agents-limit",
    clauses: ["LEG-045"],
    title: "An operation that runs longer than max_operation_ms is ended as timed out, whatever timeout_ms says",
    dialects: [1, 44],
    abilities: ["launch"],
    twin: "legacy-operation-times-out",
    async run(context) {
      const target = await context.agent.launch({ limits: { maxOperationMs: 500 } });
      context.onEnd(() => target.stop());
      await withHost(
        context,
        async (berth) => {
          const most = Number(berth.session.limits?.maxOperationMs);
          if (most === 0 || most > 2_000) context.notApplicable(`max_operation_ms stays at ${most}`);
          for (const timeoutMs of [0n, 600_000n]) await timedOut(context, berth, timeoutMs);
        },
        { target },
      );
    },
  },
  {
    id: "legacy-operation-leaves-nothing-running",
    clauses: ["LEG-045", "OP-038"],
    title: "What a host left in its process group is ended when the host has ended",
    dialects: [1, 44],
    abilities: ["root"],
    async run(context) {
      await withHost(context, async (berth) => {
        const pid = pidIn((await berth.run("leave-offspring")).stdout);
        await expectProcessesEnd(context, [pid], "LEG-045", "what a host left behind");
      });
    },
  },
  {
    id: "legacy-operation-cancelled",
    clauses: ["LEG-043"],
    title: "The host is ended by force when its call is cancelled, also one that does not end when it is asked to",
    dialects: [1, 44],
    abilities: ["root"],
    twin: "legacy-output-as-it-comes",
    async run(context) {
      await withHost(context, async (berth) => {
        const running = await berth.begin("hold-offspring", [], "\n");
        const pids = await processesOf(running);
        running.call.cancel();
        await expectProcessesEnd(context, pids, "LEG-043", "a host whose call was cancelled");
        await berth.run("version");
      });
    },
  },
  {
    id: "legacy-operation-cut",
    clauses: ["LEG-043"],
    title: "The host is ended by force when the connection of its call is gone",
    dialects: [1, 44],
    abilities: ["root"],
    twin: "legacy-output-as-it-comes",
    async run(context) {
      await withHost(context, async (berth, dialect) => {
        const forwarder = await startForwarder({ target: context.agent.address });
        context.onEnd(() => forwarder.close());
        const far = await legacyBerth(context, { dialect, peer: { through: forwarder } });
        const pids = await processesOf(await far.begin("hold-offspring", [], "\n"));
        forwarder.cut();
        await expectProcessesEnd(context, pids, "LEG-043", "a host whose connection was cut");
        await berth.run("version");
      });
    },
  },
];

/** Runs a `hold` whose time will soon be up, and expects the agent to end it for that. */
async function timedOut(context: AgentContext, berth: LegacyBerth, timeoutMs: bigint): Promise<LegacyRun> {
  const patienceMs = context.scaledMs(10_000);
  const run = await within(berth.run("hold", [], { timeoutMs }), patienceMs);
  if (run === undefined) {
    const expected = `an operation with timeout_ms ${timeoutMs} to be ended when its time is up`;
    const actual = `it ran on after ${Math.round(patienceMs)} ms`;
    throw failed({ code: "time-never-up", clause: "LEG-045", expected, actual });
  }
  expectHostEnd(run, HostEnd.HOST_END_TIMED_OUT, "LEG-045");
  return run;
}

/** The processes of a `hold-offspring` that has written its line: the host and its child, both running. */
async function processesOf(running: Awaited<ReturnType<LegacyBerth["begin"]>>): Promise<readonly number[]> {
  const processes = hostAndChild(expectAnswered(await running.awaitOutput("\n"), "its output"));
  for (const [who, pid] of processes) {
    const what = { code: "operation-answer-wrong", clause: "LEG-042", what: `the ${who} runs` };
    expectThat(await isRunning(pid), "it does not run", what);
  }
  return processes.map(([, pid]) => pid);
}

async function expectProcessesEnd(
  context: AgentContext,
  pids: readonly number[],
  clause: string,
  who: string,
): Promise<void> {
  for (const pid of pids) {
    await eventually(async () => ((await isRunning(pid)) ? undefined : true), context.scaledMs(5_000), {
      code: "process-left",
      clause,
      expected: `${who} to be ended, with the processes it started`,
      actual: `process ${pid} runs on`,
    });
  }
}
