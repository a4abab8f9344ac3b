import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { eventually } from "../../src/expect/eventually.ts";
import { expectState } from "../../src/expect/operation.ts";
import { releaseOf } from "../../src/material/release.ts";
import { hostOf } from "../../src/material/shell-host.ts";
import { bytesOf } from "../../src/peers/server-peer/operation-run.ts";
import { hostAndChild, isRunning, pidIn } from "./running-process.ts";
import { standingInstance } from "./standing-instance.ts";

const {
  OPERATION_STATE_EXITED,
  OPERATION_STATE_CANCELLED,
  OPERATION_STATE_TIMED_OUT,
  OPERATION_STATE_ABANDONED,
  OPERATION_STATE_HOST_DIED,
  OPERATION_STATE_HOST_NOT_STARTED,
} = OperationState;

/** One fewer than those after which an operation need not be kept (OP-042). */
const mostLater = 999;

/** Cases of spec/operations.md, "End". */
export const operationEndCases: readonly AgentCase[] = [
  {
    id: "operation-exit-codes",
    clauses: ["OP-032"],
    title: "A host that ends by itself gives EXITED with its exit code",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      for (const code of [0, 1, 2, 126, 127, 255]) {
        const run = await peer.run(session, "exit", [String(code)]);
        expectState(run.status, OPERATION_STATE_EXITED, "OP-032", code);
      }
    },
  },
  {
    id: "operation-cancelled",
    clauses: ["OP-030", "OP-031", "OP-015"],
    title: "A cancelled host is asked to end and has its grace to do so, and the state is CANCELLED for good",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const running = await peer.begin(session, "hold-polite");
      const cancelled = await peer.cancel(session, running.operationId, { graceMs: 20_000n });
      expectAnswered(cancelled, "a cancel", "OP-030");
      const run = await peer.readToEnd(session, running.operationId);
      expectState(run.status, OPERATION_STATE_CANCELLED, "OP-030");
      const what = { code: "no-grace", clause: "OP-030", what: "what the host wrote when it was asked to end" };
      expectEqual(run.stdout, "ready\nbye", what);
      for (let round = 0; round < 2; round += 1) {
        const again = expectAnswered(await peer.cancel(session, running.operationId), "a repeated cancel", "OP-031");
        expectState(again, OPERATION_STATE_CANCELLED, "OP-031");
        const abandoned = expectAnswered(await peer.abandon(session, running.operationId), "an abandon afterwards");
        expectState(abandoned, OPERATION_STATE_CANCELLED, "OP-015");
      }
    },
  },
  {
    id: "operation-cancelled-by-force",
    clauses: ["OP-030"],
    title: "A host that does not end when it is asked to is ended by force after grace_ms",
    timed: true,
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const running = await peer.begin(session, "hold-stubborn");
      const began = performance.now();
      expectAnswered(await peer.cancel(session, running.operationId, { graceMs: 300n }), "a cancel", "OP-030");
      const run = await peer.readToEnd(session, running.operationId);
      const tookMs = performance.now() - began;
      expectState(run.status, OPERATION_STATE_CANCELLED, "OP-030");
      const right = tookMs >= 280 && tookMs < 300 + context.scaledMs(2_000);
      expectThat(right, `${Math.round(tookMs)} ms`, {
        code: "grace-wrong",
        clause: "OP-030",
        what: "an end about 300 ms after the cancel",
      });
    },
  },
  {
    id: "operation-cancelled-without-grace",
    clauses: ["OP-030"],
    title: "With a grace of zero a stubborn host is ended at once",
    timed: true,
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const running = await peer.begin(session, "hold-stubborn");
      const began = performance.now();
      expectAnswered(await peer.cancel(session, running.operationId), "a cancel", "OP-030");
      const run = await peer.readToEnd(session, running.operationId);
      const tookMs = performance.now() - began;
      expectState(run.status, OPERATION_STATE_CANCELLED, "OP-030");
      expectThat(tookMs < context.scaledMs(2_000), `${Math.round(tookMs)} ms`, {
        code: "grace-wrong",
        clause: "OP-030",
        what: "an end without delay after a cancel with a grace of zero",
      });
    },
  },
  {
    id: "operation-offspring-ended",
    clauses: ["OP-030", "OP-033"],
    title: "The host and the processes that it started are ended, by a cancel and by an abandon",
    abilities: ["root"],
    async run(context) {
      const { peer, session } = await standingInstance(context);
      for (const way of ["cancel", "abandon"] as const) {
        const running = await peer.begin(session, "hold-offspring");
        const processes = hostAndChild(running.stdout);
        for (const [who, pid] of processes) {
          const runs = {
            code: "operation-answer-wrong",
            clause: "OP-050",
            what: `the ${who} to run before the ${way}`,
          };
          expectThat(await isRunning(pid), "it does not", runs);
        }
        if (way === "cancel") expectAnswered(await peer.cancel(session, running.operationId), "a cancel", "OP-030");
        else expectAnswered(await peer.abandon(session, running.operationId), "an abandon", "OP-033");
        await peer.readToEnd(session, running.operationId);
        const clause = way === "cancel" ? "OP-030" : "OP-033";
        for (const [who, pid] of processes)
          await expectEnded(context, pid, clause, `the ${who} to be ended by a ${way}`);
      }
    },
  },
  {
    id: "operation-leaves-nothing-running",
    clauses: ["OP-038", "OP-032"],
    title:
      "What a host left in its process group is ended when the host has ended, also where it holds the output open, and where the host died",
    abilities: ["root"],
    async run(context) {
      const { peer, session } = await standingInstance(context);
      for (const [name, state, clause] of [
        ["leave-offspring", OPERATION_STATE_EXITED, "OP-032"],
        ["leave-offspring-on-output", OPERATION_STATE_EXITED, "OP-032"],
        ["die-leaving-offspring", OPERATION_STATE_HOST_DIED, "OP-036"],
      ] as const) {
        const run = await peer.run(session, name);
        expectState(run.status, state, clause);
        await expectEnded(context, pidIn(run.stdout), "OP-038", `what the host left by ${name} to be ended`);
      }
    },
  },
  {
    id: "operation-result-kept",
    clauses: ["OP-042", "OP-025"],
    title: "Until 1,000 later operations of its instance have ended, the result and output of an operation are kept",
    atMostMs: 360_000,
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const first = await peer.run(session, "text", ["the first"]);
      const enoughMs = performance.now() + context.scaledMs(300_000);
      const atOnce = Math.min(4, session.limits?.maxOperations || 4);
      let begun = 0;
      let ended = 0;
      const runSome = async () => {
        while (begun < mostLater && performance.now() < enoughMs) {
          begun += 1;
          await peer.run(session, "exit", ["0"]);
          ended += 1;
        }
      };
      await Promise.all(Array.from({ length: atOnce }, runSome));
      if (ended < mostLater) context.observe(`in the time of this case only ${ended} later operations ended`);
      const read = await peer.read(session, first.operationId);
      const after = `a read of an operation after ${ended} later ones`;
      const { status, output } = expectAnswered(read, after, "OP-042");
      expectState(status, OPERATION_STATE_EXITED, "OP-042");
      const what = { code: "output-wrong", clause: "OP-042", what: `its output after ${ended} later ones` };
      expectEqual(bytesOf(output).toString(), "the first", what);
    },
  },
  {
    id: "operation-cancel-after-its-end",
    clauses: ["OP-031", "OP-015"],
    title: "A cancel or an abandon of an operation that has ended answers its final state and changes nothing",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const run = await peer.run(session, "exit", ["7"]);
      for (let round = 0; round < 2; round += 1) {
        const cancelled = expectAnswered(
          await peer.cancel(session, run.operationId, { graceMs: 10n }),
          "a late cancel",
          "OP-031",
        );
        expectState(cancelled, OPERATION_STATE_EXITED, "OP-031", 7);
        const abandoned = expectAnswered(await peer.abandon(session, run.operationId), "a late abandon", "OP-015");
        expectState(abandoned, OPERATION_STATE_EXITED, "OP-015", 7);
      }
      const read = await peer.readToEnd(session, run.operationId);
      expectState(read.status, OPERATION_STATE_EXITED, "OP-015", 7);
    },
  },
  {
    id: "operation-abandoned",
    clauses: ["OP-033", "OP-015"],
    title: "An abandon answers with ABANDONED at once, whatever the host does, and that is final",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const running = await peer.begin(session, "hold-stubborn");
      const abandoned = expectAnswered(await peer.abandon(session, running.operationId), "an abandon", "OP-033");
      expectState(abandoned, OPERATION_STATE_ABANDONED, "OP-033");
      const run = await peer.readToEnd(session, running.operationId);
      expectState(run.status, OPERATION_STATE_ABANDONED, "OP-015");
      const cancelled = expectAnswered(
        await peer.cancel(session, running.operationId),
        "a cancel afterwards",
        "OP-031",
      );
      expectState(cancelled, OPERATION_STATE_ABANDONED, "OP-015");
    },
  },
  {
    id: "operation-abandoned-during-grace",
    clauses: ["OP-033", "OP-030"],
    title: "An abandon does not wait for the grace of a cancel",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const running = await peer.begin(session, "hold-stubborn");
      expectAnswered(await peer.cancel(session, running.operationId, { graceMs: 3_600_000n }), "a cancel");
      const abandoned = expectAnswered(await peer.abandon(session, running.operationId), "an abandon", "OP-033");
      expectState(abandoned, OPERATION_STATE_ABANDONED, "OP-033");
    },
  },
  {
    id: "operation-timed-out",
    clauses: ["OP-034"],
    title: "An operation that runs longer than timeout_ms is ended as TIMED_OUT, and one that does not is left alone",
    timed: true,
    async run(context) {
      const { peer, session } = await standingInstance(context);
      // One that ends when it is asked to, which shows an end before its time, and one that has to be ended by force.
      for (const name of ["hold", "hold-stubborn"]) {
        const began = performance.now();
        const running = await peer.begin(session, name, [], { timeoutMs: 400n });
        const run = await peer.readToEnd(session, running.operationId);
        const tookMs = performance.now() - began;
        expectState(run.status, OPERATION_STATE_TIMED_OUT, "OP-034");
        expectEqual(run.stdout, "ready\n", { code: "output-wrong", clause: "OP-020", what: "what it wrote before" });
        const right = tookMs >= 380 && tookMs < context.scaledMs(10_000);
        expectThat(right, `${Math.round(tookMs)} ms`, {
          code: "timeout-wrong",
          clause: "OP-034",
          what: `an end of ${name} soon after 400 ms`,
        });
      }
      const started = await peer.start(session, { name: "text", arguments: ["x"], timeoutMs: 60_000n, waitMs: 5_000n });
      expectState(expectAnswered(started, "a start").status, OPERATION_STATE_EXITED, "OP-034");
    },
  },
  {
    id: "host-killed-by-a-signal",
    clauses: ["OP-036", "OP-037"],
    title: "A host ended by a signal that is not the agent's gives HOST_DIED with a reason, and its neighbours go on",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const neighbour = await peer.begin(session, "hold");
      const run = await peer.run(session, "die");
      expectState(run.status, OPERATION_STATE_HOST_DIED, "OP-036");
      // A read that waits is answered at once where the neighbour ends, and it may take a moment to end.
      const request = { cursor: neighbour.nextCursor, waitMs: 1_000n };
      const read = await peer.read(session, neighbour.operationId, request);
      const still = expectAnswered(read, "a read of its neighbour", "OP-037");
      expectState(still.status, OperationState.OPERATION_STATE_RUNNING, "OP-037");
      await peer.abandon(session, neighbour.operationId);
      await standing.expectUnchanged();
    },
  },
  {
    id: "host-entry-cannot-run",
    clauses: ["OP-035"],
    title: "An entry point that cannot be run gives HOST_NOT_STARTED with a reason, as often as it is tried",
    twin: "operation-runs",
    async run(context) {
      const standing = await standingInstance(context);
      for (const [what, entry] of Object.entries({
        "an interpreter that does not exist": "#!/nonexistent/interpreter\n",
        "a text without an interpreter": "echo this is no program\n",
        "bytes that are no program": Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46]), Buffer.alloc(200, 0xff)]),
      })) {
        const peer = await context.connect();
        const session = await peer.session({ instanceId: "broken" });
        await peer.sync(session, releaseOf(hostOf(entry)));
        for (let round = 0; round < 2; round += 1) {
          const run = await peer.run(session, "version");
          expectThat(run.status.state === OPERATION_STATE_HOST_NOT_STARTED, `the state ${run.status.state}`, {
            code: "state-wrong",
            clause: "OP-035",
            what: `HOST_NOT_STARTED (3) for ${what}`,
          });
        }
      }
      await standing.expectUnchanged();
    },
  },
];

async function expectEnded(context: AgentContext, pid: number, clause: string, expected: string): Promise<void> {
  const finding = { code: "offspring-left", clause, expected, actual: "it runs on" };
  await eventually(async () => ((await isRunning(pid)) ? undefined : true), context.scaledMs(5_000), finding);
}
