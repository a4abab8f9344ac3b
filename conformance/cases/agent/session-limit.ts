import { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { eventually } from "../../src/expect/eventually.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import type { ServerPeer } from "../../src/peers/server-peer.ts";

/** Few enough to be reached, and enough for everything else that greets a launched agent. */
const ROOM = 6;

/** Cases of spec/handshake.md about how many sessions an address has at once. */
export const sessionLimitCases: readonly AgentCase[] = [
  {
    id: "limit-max-sessions",
    clauses: ["HS-035", "HS-030", "HS-031"],
    title:
      "An address gets max_sessions sessions; a greeting more is refused whatever it holds, and another address is served",
    dialects: [1, 44, 49],
    abilities: ["launch"],
    async run(context) {
      const target = await launchedWith(context, {});
      const peer = await context.connect({ target, from: "127.0.0.2" });
      const { maxSessions: maximum } = await takeAllRoom(context, peer);
      const expected = { code: "TOO_MANY_SESSIONS", clause: "HS-035", details: { maximum: String(maximum) } } as const;
      expectRefusal(await peer.negotiate({}), `greeting ${maximum + 1}`, expected);
      expectRefusal(await peer.negotiate({ product: "" }), "a malformed greeting with no room left", expected);
      const other = await context.connect({ target, from: "127.0.0.3" });
      expectAnswered(await other.negotiate({}), "a greeting from another address", "HS-035");
    },
  },
  {
    id: "session-room-returns",
    clauses: ["HS-035"],
    title: "An address whose sessions have ended is greeted again",
    dialects: [1, 44, 49],
    abilities: ["launch"],
    timed: true,
    twin: "limit-max-sessions",
    async run(context) {
      const target = await launchedWith(context, { sessionIdleMs: 400 });
      const peer = await context.connect({ target, from: "127.0.0.2" });
      const idleMs = Number((await takeAllRoom(context, peer)).sessionIdleMs);
      if (idleMs === 0 || idleMs > 2_000) context.notApplicable(`session_idle_ms stays at ${idleMs}`);
      const late = { code: "no-room", clause: "HS-035", expected: "room once sessions have ended", actual: "none" };
      await eventually(
        async () => ((await peer.negotiate({})).kind === "answered" ? true : undefined),
        idleMs + context.scaledMs(3_000),
        late,
      );
    },
  },
];

async function launchedWith(context: AgentContext, limits: Readonly<Record<string, number>>) {
  const target = await context.agent.launch({ limits: { maxSessions: ROOM, ...limits } });
  context.onEnd(() => target.stop());
  return target;
}

/** Takes all the room an address has; gives the limits. */
async function takeAllRoom(context: AgentContext, peer: ServerPeer): Promise<Limits> {
  const { limits = Limits.fromPartial({}) } = expectAnswered(await peer.negotiate({}), "the first greeting");
  const maximum = limits.maxSessions;
  if (maximum === 0 || maximum > 100) context.notApplicable(`max_sessions stays at ${maximum}`);
  for (let count = 2; count <= maximum; count += 1)
    expectAnswered(await peer.negotiate({}), `greeting ${count} of ${maximum}`, "HS-031");
  return limits;
}
