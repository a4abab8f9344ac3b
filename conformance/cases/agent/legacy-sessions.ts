import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import { inEachLegacyDialect, legacyBerth } from "./legacy-berth.ts";
import { legacyMethods } from "./legacy-methods.ts";

/** Cases of spec/handshake.md, "Sessions", in the dialects 1 and 44. */
export const legacySessionsCases: readonly AgentCase[] = [
  {
    id: "legacy-session-lasts",
    clauses: ["HS-020", "HS-021", "HS-022"],
    title:
      "A session serves every call, beside a later one of the same server and on another connection from its address",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const first = await legacyBerth(context, { dialect, peer: { from: "127.0.0.2" } });
        await first.put(shellHost());
        const second = await legacyBerth(context, { dialect, peer: { from: "127.0.0.2" } });
        const what = { code: "token-repeated", clause: "HS-020", what: "different tokens of two sessions" };
        expectEqual(first.session.sessionToken !== second.session.sessionToken, true, what);
        for (const { session } of [first, second]) {
          for (const peer of [first.peer, second.peer]) {
            for (const [method, call] of Object.entries(legacyMethods)) {
              expectAnswered(await call(peer, session, first.instanceId), `${method} with either session`, "HS-022");
            }
          }
        }
      });
    },
  },
  {
    id: "legacy-session-unknown",
    clauses: ["HS-021", "ERR-010"],
    title:
      "Every call with a token that was not given out, or from another address, is refused, and nothing is changed",
    dialects: [1, 44],
    twin: "legacy-session-lasts",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect, peer: { from: "127.0.0.2" } });
        await berth.put(shellHost());
        const before = await berth.list();
        const thief = await context.connect({ from: "127.0.0.3" });
        for (const [peer, sessionToken] of [
          [berth.peer, "0".repeat(32)],
          [berth.peer, ""],
          [berth.peer, berth.session.sessionToken.slice(0, -1)],
          [thief, berth.session.sessionToken],
        ] as const) {
          for (const [method, call] of Object.entries(legacyMethods)) {
            const result = await call(peer, { ...berth.session, sessionToken }, berth.instanceId);
            expectRefusal(result, `${method} with a token that is worth nothing`, {
              code: "SESSION_UNKNOWN",
              clause: "HS-021",
            });
          }
        }
        expectEqual(await berth.list(), before, {
          code: "tree-changed",
          clause: "HS-021",
          what: "the tree afterwards",
        });
      });
    },
  },
  {
    id: "legacy-session-ends-with-the-agent",
    clauses: ["HS-021"],
    title: "A restart of the agent ends every session",
    dialects: [1, 44],
    abilities: ["launch", "restart"],
    twin: "legacy-session-lasts",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      await inEachLegacyDialect(context, async (dialect) => {
        const { session, instanceId } = await legacyBerth(context, { dialect, peer: { target } });
        await target.restart();
        const peer = await context.connect({ target });
        for (const [method, call] of Object.entries(legacyMethods)) {
          const expected = { code: "SESSION_UNKNOWN", clause: "HS-021" } as const;
          expectRefusal(await call(peer, session, instanceId), `${method} with a session of before`, expected);
        }
      });
    },
  },
];
