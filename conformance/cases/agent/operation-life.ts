import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectState } from "../../src/expect/operation.ts";
import { standingInstance } from "./standing-instance.ts";

const { OPERATION_STATE_EXITED, OPERATION_STATE_RUNNING } = OperationState;

/** Cases of spec/operations.md: what an operation outlives, and beside what it runs. */
export const operationLifeCases: readonly AgentCase[] = [
  {
    id: "operation-outlives-its-session",
    clauses: ["OP-017"],
    title:
      "An operation goes on when the connection that started it is gone, and another session of its instance reads it",
    abilities: ["root"],
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const trigger = join(context.directory, "go");
      const running = await peer.begin(session, "hold-until", [trigger]);
      await peer.close();
      const other = await context.connect();
      const fresh = await other.session();
      const still = expectAnswered(await other.read(fresh, running.operationId), "a read of another session", "OP-017");
      expectState(still.status, OPERATION_STATE_RUNNING, "OP-017");
      await writeFile(trigger, "");
      const run = await other.readToEnd(fresh, running.operationId);
      expectState(run.status, OPERATION_STATE_EXITED, "OP-017");
      expectEqual(run.stdout, "ready\nreleased", { code: "output-wrong", clause: "OP-017", what: "its output" });
    },
  },
  {
    id: "operation-outlives-an-idle-session",
    clauses: ["OP-017"],
    title: "An operation goes on when the session that started it has been idle for longer than session_idle_ms",
    abilities: ["launch"],
    timed: true,
    twin: "operation-outlives-its-session",
    async run(context) {
      const target = await context.agent.launch({ limits: { sessionIdleMs: 300 } });
      context.onEnd(() => target.stop());
      const { peer, session } = await standingInstance(context, { peer: { target } });
      const idleMs = Number(session.limits?.sessionIdleMs);
      if (idleMs === 0 || idleMs > 2_000) context.notApplicable(`session_idle_ms stays at ${idleMs}`);
      const running = await peer.begin(session, "hold");
      // Long enough that an agent which looks for idle sessions now and then has looked, whenever it does.
      await new Promise((resolve) => setTimeout(resolve, idleMs * 3));
      const old = await peer.read(session, running.operationId);
      if (old.kind === "answered") context.observe("the session outlived its idle limit");
      const fresh = await peer.session();
      const still = expectAnswered(await peer.read(fresh, running.operationId), "a read of another session", "OP-017");
      expectState(still.status, OPERATION_STATE_RUNNING, "OP-017");
      await peer.abandon(fresh, running.operationId);
    },
  },
  {
    id: "operations-run-side-by-side",
    clauses: ["OP-037", "OP-022"],
    title: "Several operations of one instance run at the same time and do not wait for each other",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const holding = await Promise.all([peer.begin(session, "hold"), peer.begin(session, "hold-stubborn")]);
      const runs = await Promise.all(["a", "b", "c"].map((text) => peer.run(session, "text", [text])));
      expectEqual(
        runs.map(({ stdout }) => stdout),
        ["a", "b", "c"],
        { code: "output-wrong", what: "their outputs" },
      );
      for (const { operationId } of holding) await peer.abandon(session, operationId);
    },
  },
];
