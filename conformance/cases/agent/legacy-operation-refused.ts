import { HostEnd } from "@berth/proto/messages/sync/v44/host";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { eventually } from "../../src/expect/eventually.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { expectHostEnd } from "./legacy-berth.ts";
import { withHost } from "./with-host.ts";

/** Cases of spec/legacy.md, "Operations": what is refused for its arguments or for its number. */
export const legacyOperationRefusedCases: readonly AgentCase[] = [
  {
    id: "legacy-operation-arguments-refused",
    clauses: ["LEG-046", "OP-012"],
    title: "A name or argument outside its rule is refused",
    dialects: [1, 44],
    twin: "legacy-operation-runs",
    async run(context) {
      await withHost(context, async (berth) => {
        const { peer, session, instanceId } = berth;
        const expected = { code: "INVALID_ARGUMENTS", clause: "LEG-046" } as const;
        for (const name of ["", "x".repeat(257), "é".repeat(129), "a\nb", "a\0", "\x7f"]) {
          const run = await peer.legacy.run(session, { instanceId, name });
          expectRefusal(run, `an operation named ${JSON.stringify(name.slice(0, 20))}`, expected);
        }
        const run = await peer.legacy.run(session, { instanceId, arguments: ["a", "b\0c"] });
        expectRefusal(run, "an argument with a NUL", expected);
        expectHostEnd(await berth.run("x".repeat(256)), HostEnd.HOST_END_EXITED, "LEG-046", 127);
      });
    },
  },
  {
    id: "legacy-operation-arguments-over-the-limit",
    clauses: ["HS-030", "HS-031"],
    title: "Name and arguments of max_argument_bytes are taken, one byte more is refused",
    dialects: [1, 44],
    abilities: ["launch"],
    async run(context) {
      const target = await context.agent.launch({ limits: { maxArgumentBytes: 100 } });
      context.onEnd(() => target.stop());
      await withHost(
        context,
        async (berth) => {
          const most = berth.session.limits?.maxArgumentBytes ?? 0;
          if (most === 0 || most > 1_000) context.notApplicable(`max_argument_bytes stays at ${most}`);
          const text = "x".repeat(most - "text".length);
          const { peer, session, instanceId } = berth;
          const atLimit = await peer.legacy.run(session, { instanceId, name: "text", arguments: [text] });
          const { stdout } = expectAnswered(atLimit, `${most} bytes`, "HS-031");
          expectEqual(stdout, text, { code: "output-wrong", clause: "HS-031", what: "the argument" });
          const over = await peer.legacy.run(session, { instanceId, name: "text", arguments: [`${text}x`] });
          expectRefusal(over, `${most + 1} bytes`, {
            code: "LIMIT_EXCEEDED",
            clause: "HS-030",
            details: { maximum: String(most) },
          });
        },
        { target },
      );
    },
  },
  {
    id: "legacy-too-many-operations",
    clauses: ["LEG-046", "OP-016"],
    title: "An operation beyond max_operations running ones of the instance is refused, and taken when one has ended",
    dialects: [1, 44],
    abilities: ["launch"],
    async run(context) {
      const target = await context.agent.launch({ limits: { maxOperations: 2 } });
      context.onEnd(() => target.stop());
      await withHost(
        context,
        async (berth) => {
          const { peer, session, instanceId } = berth;
          const most = session.limits?.maxOperations ?? 0;
          if (most === 0 || most > 8) context.notApplicable(`max_operations stays at ${most}`);
          const running = [];
          for (let count = 0; count < most; count += 1) running.push(await berth.begin("hold", [], "ready"));
          const over = await peer.legacy.run(session, { instanceId });
          const expected = {
            code: "TOO_MANY_OPERATIONS",
            clause: "LEG-046",
            details: { maximum: String(most) },
          } as const;
          expectRefusal(over, `operation ${most + 1} of ${most}`, expected);
          for (const { call } of running) call.cancel();
          await eventually(
            async () => ((await peer.legacy.run(session, { instanceId })).kind === "answered" ? true : undefined),
            context.scaledMs(10_000),
            {
              code: "still-too-many",
              clause: "LEG-043",
              expected: "an operation to be taken when others have ended",
              actual: "none",
            },
          );
        },
        { target },
      );
    },
  },
];
