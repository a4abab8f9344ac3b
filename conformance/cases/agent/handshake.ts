import { randomBytes } from "node:crypto";
import { ErrorCode, type NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import type { ServerPeer } from "../../src/peers/server-peer.ts";
import { releaseNamed, standingInstance } from "./standing-instance.ts";

const highestNumber = 0xffff_ffff;

/** Cases of spec/handshake.md: versions, features, sessions. */
export const handshakeCases: readonly AgentCase[] = [
  {
    id: "handshake-answered",
    clauses: ["HS-001", "HS-006", "HS-009", "HS-032"],
    title: "A server that greets the agent gets a session, its dialect, its instance and its limits in one call",
    dialects: [1, 44, 49],
    async run(context) {
      const session = await (await context.connect()).session();
      const clause = session.agentVersion < 49 ? "HS-011" : "HS-009";
      expectEqual<number | undefined>(session.dialect, context.dialects.at(-1), {
        code: "dialect-wrong",
        clause,
        what: "the dialect",
      });
    },
  },
  {
    id: "handshake-repeated",
    clauses: ["HS-020", "HS-022", "INST-016"],
    title: "Greeting again gives another session in the same instance, and the first one stays valid",
    async run(context) {
      const { peer, session, release } = await standingInstance(context);
      const again = await peer.session({ wantedManifestDigest: release.digest });
      expectThat(again.sessionToken !== session.sessionToken, "the token of the first greeting", {
        code: "token-repeated",
        clause: "HS-020",
        what: "another session token for a server that greets again",
      });
      expectEqual(again.instanceName, session.instanceName, {
        code: "instance-changed",
        clause: "INST-016",
        what: "the instance of a server that greets again",
      });
      for (const [which, each] of Object.entries({ first: session, second: again })) {
        const start = await peer.start(each, { name: "version", waitMs: 5_000n });
        expectAnswered(start, `a start in the ${which} session`, "HS-022");
      }
    },
  },
  {
    id: "handshake-highest-dialect",
    clauses: ["HS-011"],
    title: "Of the dialects in the server's range the agent chooses the highest it speaks",
    dialects: [1, 44, 49],
    async run(context) {
      const peer = await context.connect();
      const one = { code: "dialect-wrong", clause: "HS-011", what: "the dialect of the highest number both speak" };
      const own = Math.max(...context.dialects);
      for (const dialects of [
        { lowest: own, highest: own },
        { lowest: 1, highest: 49 },
        { lowest: Math.min(own, 44), highest: 49 },
      ]) {
        expectEqual((await peer.session({ dialects })).dialect, own, one);
      }
      const open = await peer.session({ dialects: { lowest: 1, highest: highestNumber } });
      expectThat(open.dialect >= own, `dialect ${open.dialect}`, one);
    },
  },
  {
    id: "handshake-range-malformed",
    clauses: ["HS-010"],
    title: "A dialect range that is missing, begins below 1 or is upside down is refused",
    dialects: [1, 44, 49],
    twin: "handshake-highest-dialect",
    async run(context) {
      const standing = await standingInstance(context);
      for (const dialects of [
        undefined,
        { lowest: 0, highest: 0 },
        { lowest: 0, highest: 49 },
        { lowest: 49, highest: 48 },
        { lowest: highestNumber, highest: 1 },
      ]) {
        const result = await standing.peer.negotiate({ dialects });
        const what = `a greeting with the dialects ${JSON.stringify(dialects)}`;
        expectRefusal(result, what, { code: "MALFORMED_REQUEST", clause: "HS-010" });
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "handshake-agent-too-old",
    clauses: ["HS-013", "ERR-002"],
    title: "A server whose dialects all lie above the agent's is told that the agent is too old, with both ranges",
    dialects: [1, 44, 49],
    twin: "handshake-highest-dialect",
    async run(context) {
      const peer = await context.connect();
      const far = { lowest: highestNumber - 1, highest: highestNumber };
      const clause = "HS-013";
      const error = expectRefusal(await peer.negotiate({ dialects: far }), "a greeting with dialects far above", {
        code: "AGENT_TOO_OLD",
        clause,
        details: { server_lowest: String(far.lowest), server_highest: String(far.highest) },
      });
      const highest = Number(error.details.agent_highest);
      const what = "the agent's highest dialect, accepted alone";
      expectEqual((await peer.session({ dialects: { lowest: highest, highest } })).dialect, highest, {
        code: "dialect-wrong",
        clause: "HS-011",
        what,
      });
      const next = { lowest: highest + 1, highest: highest + 1 };
      expectRefusal(await peer.negotiate({ dialects: next }), "a greeting one dialect above", {
        code: "AGENT_TOO_OLD",
        clause,
        details: { agent_highest: String(highest) },
      });
    },
  },
  {
    id: "handshake-server-too-old",
    clauses: ["HS-012", "ERR-002"],
    title: "A server whose dialects all lie below the agent's is told that the server is too old, with both ranges",
    twin: "handshake-highest-dialect",
    async run(context) {
      const peer = await context.connect();
      const result = await peer.negotiate({ dialects: { lowest: 1, highest: 1 } });
      if (result.kind === "answered") context.notApplicable("the agent speaks dialect 1, so no range lies below");
      const clause = "HS-012";
      const error = expectRefusal(result, "a greeting with dialect 1 alone", {
        code: "SERVER_TOO_OLD",
        clause,
        details: { server_lowest: "1", server_highest: "1" },
      });
      const lowest = Number(error.details.agent_lowest);
      expectEqual((await peer.session({ dialects: { lowest: 1, highest: lowest } })).dialect, lowest, {
        code: "dialect-wrong",
        clause: "HS-011",
        what: "the agent's lowest dialect, where the server's range ends with it",
      });
      expectRefusal(await peer.negotiate({ dialects: { lowest: 1, highest: lowest - 1 } }), "a range one below", {
        code: "SERVER_TOO_OLD",
        clause,
      });
    },
  },
  {
    id: "handshake-features-both-know",
    clauses: ["HS-017"],
    title: "The answer names exactly those features that the server named and the agent serves",
    dialects: [1, 44, 49],
    async run(context) {
      const peer = await context.connect();
      const what = { code: "features-wrong", clause: "HS-017", what: "the features of the session" };
      expectEqual((await peer.session()).features, [], what);
      const known = ["server-identity@1", "zstd@1"];
      const served: string[] = [];
      for (const feature of known) served.push(...(await peer.session({ features: [feature] })).features);
      for (const named of [known, known.toReversed()]) {
        expectEqual((await peer.session({ features: named })).features.toSorted(), served.toSorted(), what);
      }
    },
  },
  {
    id: "handshake-features-unknown",
    clauses: ["HS-016"],
    title: "Features the agent does not know or cannot read are ignored",
    dialects: [1, 44, 49],
    async run(context) {
      const strange = [
        "teleport@1",
        "zstd@0",
        "zstd@01",
        "zstd@4294967296",
        "zstd",
        "@1",
        "ZSTD@1",
        "é@1",
        "",
        " zstd@1",
      ];
      const session = await (await context.connect()).session({ features: [...strange, "x".repeat(1000)] });
      const what = { code: "features-wrong", clause: "HS-016", what: "the features of a session of strange ones" };
      expectEqual(session.features, [], what);
    },
  },
  {
    id: "handshake-feature-of-another-version",
    clauses: ["HS-016", "HS-017"],
    title: "A later version of a known feature is a feature the agent does not know",
    dialects: [1, 44, 49],
    async run(context) {
      const session = await (await context.connect()).session({ features: ["zstd@999", "server-identity@999"] });
      expectEqual(session.features, [], {
        code: "features-wrong",
        what: "the features of a session of later versions",
      });
    },
  },
  {
    id: "session-tokens-differ",
    clauses: ["HS-020"],
    title: "No session token is given out twice, and no two are alike",
    dialects: [1, 44, 49],
    async run(context) {
      const peers = [await context.connect(), await context.connect({ from: "127.0.0.2" })];
      const tokens: string[] = [];
      for (let round = 0; round < 32; round += 1) {
        for (const peer of peers) tokens.push((await peer.session()).sessionToken);
      }
      const what = { code: "token-repeated", clause: "HS-020", what: "64 different session tokens" };
      expectThat(new Set(tokens).size === tokens.length, "one of them twice", what);
      const closest = Math.min(...tokens.slice(1).map((token, index) => differences(token, tokens[index]!)));
      // 128 random bits in any alphabet differ in far more places than these.
      expectThat(closest >= 6, `two in a row that differ in ${closest} characters`, {
        code: "token-guessable",
        clause: "HS-020",
        what: "tokens in a row that cannot be guessed from each other",
      });
    },
  },
  {
    id: "session-unknown-token",
    clauses: ["HS-021", "ERR-010"],
    title: "Every call with a token that was not given out is refused, and nothing is begun",
    twin: "operation-runs",
    async run(context) {
      const standing = await standingInstance(context);
      const forged = randomBytes(16).toString("hex");
      for (const token of [forged, "", "x", standing.session.sessionToken.slice(0, -1), "é".repeat(5000)]) {
        await expectSessionUnknown(context, standing.peer, { ...standing.session, sessionToken: token });
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "session-token-from-another-address",
    clauses: ["HS-021"],
    title: "A session token is worth nothing from another peer address, and goes on working from its own",
    twin: "session-token-on-another-connection",
    async run(context) {
      const standing = await standingInstance(context, { peer: { from: "127.0.0.2" } });
      const thief = await context.connect({ from: "127.0.0.3" });
      await expectSessionUnknown(context, thief, standing.session);
      await standing.peer.run(standing.session, "version");
      await standing.expectUnchanged();
    },
  },
  {
    id: "session-token-on-another-connection",
    clauses: ["HS-021", "HS-022"],
    title: "A session token works on another connection from the same peer address",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      await peer.close();
      const reconnected = await context.connect();
      await reconnected.run(session, "version");
    },
  },
  {
    id: "session-ends-with-the-agent",
    clauses: ["HS-021"],
    title: "A restart of the agent ends every session",
    abilities: ["launch", "restart"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const { session } = await standingInstance(context, { peer: { target } });
      await target.restart();
      await expectSessionUnknown(context, await context.connect({ target }), session);
    },
  },
  {
    id: "session-outlives-pauses",
    clauses: ["HS-022"],
    title: "A session whose pauses are shorter than session_idle_ms lasts, and a call that is under way counts",
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const target = await context.agent.launch({ limits: { sessionIdleMs: 1000 } });
      context.onEnd(() => target.stop());
      const { peer, session } = await standingInstance(context, { peer: { target } });
      const idleMs = Number(session.limits?.sessionIdleMs);
      if (idleMs === 0 || idleMs > 2_000) context.notApplicable(`session_idle_ms stays at ${idleMs}`);
      const holding = await peer.begin(session, "hold");
      const cursor = holding.nextCursor;
      // Long enough that an agent which looks for idle sessions now and then has looked, whenever it does.
      for (const waitMs of [idleMs * 2.5, idleMs * 0.2]) {
        const read = await peer.read(session, holding.operationId, { cursor, waitMs: BigInt(Math.round(waitMs)) });
        expectAnswered(read, `a call that is under way for ${waitMs} ms`, "HS-022");
      }
      await new Promise((resolve) => setTimeout(resolve, idleMs * 0.6));
      expectAnswered(await peer.abandon(session, holding.operationId), "a call after a pause of 0.6 limits", "HS-022");
    },
  },
  {
    id: "session-ends-when-idle",
    clauses: ["HS-021", "HS-022"],
    title: "A session without a call for longer than session_idle_ms can end, and then says so by its code",
    abilities: ["launch"],
    timed: true,
    twin: "session-outlives-pauses",
    async run(context) {
      const target = await context.agent.launch({ limits: { sessionIdleMs: 300 } });
      context.onEnd(() => target.stop());
      const { peer, session } = await standingInstance(context, { peer: { target } });
      const idleMs = Number(session.limits?.sessionIdleMs);
      if (idleMs === 0 || idleMs > 2_000) context.notApplicable(`session_idle_ms stays at ${idleMs}`);
      await new Promise((resolve) => setTimeout(resolve, idleMs * 2));
      const result = await peer.read(session, uuidFrom(context.random));
      if (result.kind === "refused" && result.refusal.error?.code === ErrorCode.ERROR_CODE_OPERATION_UNKNOWN) {
        context.observe("the session outlived its idle limit");
        return;
      }
      expectRefusal(result, "a call on a session idle for twice its limit", { code: "SESSION_UNKNOWN" });
    },
  },
  {
    id: "wanted-digest-of-other-length",
    clauses: ["HS-023"],
    title: "A wanted manifest digest that is neither empty nor 32 bytes is refused",
    twin: "generation-present-after-sync",
    async run(context) {
      const standing = await standingInstance(context);
      for (const length of [1, 20, 31, 33, 64]) {
        const result = await standing.peer.negotiate({ wantedManifestDigest: Buffer.alloc(length, 7) });
        expectRefusal(result, `a wanted digest of ${length} bytes`, { code: "INVALID_DIGEST", clause: "HS-023" });
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "generation-present-after-sync",
    clauses: ["HS-024", "OP-002"],
    title: "generation_present is true exactly when the wanted generation is in the instance",
    async run(context) {
      const release = releaseNamed("1.0.0");
      const wanted = { wantedManifestDigest: release.digest };
      const peer = await context.connect();
      const what = (text: string) => ({ code: "presence-wrong", clause: "HS-024", what: `generation_present ${text}` });
      const before = await peer.session(wanted);
      expectEqual(before.generationPresent, false, what("before the sync"));
      await peer.sync(before, release);
      const after = await peer.session(wanted);
      expectEqual(after.generationPresent, true, what("after the sync"));
      await peer.run(after, "version");
      const other = await peer.session({ wantedManifestDigest: releaseNamed("2.0.0").digest });
      expectEqual(other.generationPresent, false, what("of another digest"));
      const neighbour = await context.connect({ from: "127.0.0.9" });
      expectEqual((await neighbour.session(wanted)).generationPresent, false, what("in another instance"));
    },
  },
  {
    id: "limits-leave-room",
    clauses: ["HS-032"],
    title: "The announced limits leave room for a message of 1,114,112 bytes and a Data of 65,536",
    dialects: [1, 44, 49],
    async run(context) {
      const { limits } = await (await context.connect()).session();
      const floor = { maxMessageBytes: 1_114_112, maxDataBytes: 65_536 } as const;
      for (const key of ["maxMessageBytes", "maxDataBytes"] as const) {
        const value = limits?.[key] ?? -1;
        const what = `${key} zero or at least ${floor[key]}`;
        expectThat(value === 0 || value >= floor[key], String(value), {
          code: "limit-too-low",
          clause: "HS-032",
          what,
        });
      }
    },
  },
];

async function expectSessionUnknown(context: AgentContext, peer: ServerPeer, session: NegotiateResponse) {
  const id = uuidFrom(context.random);
  const expected = { code: "SESSION_UNKNOWN", clause: "HS-021" } as const;
  const start = await peer.start(session, { operationId: id, name: "version" });
  const results = {
    "a start": start,
    "a read": await peer.read(session, id),
    "a cancel": await peer.cancel(session, id),
    "an abandon": await peer.abandon(session, id),
    "an offer": await peer.offer(session, releaseNamed("2.0.0")),
  };
  for (const [what, result] of Object.entries(results)) {
    const error = expectRefusal(result, `${what} with a token that is worth nothing`, expected);
    const leaked = session.sessionToken.length >= 16 && JSON.stringify(error).includes(session.sessionToken);
    expectThat(!leaked, "the token is in it", {
      code: "secret-leaked",
      clause: "ERR-010",
      what: "an error without a token",
    });
  }
}

function differences(one: string, other: string): number {
  return [...one].filter((character, index) => character !== other[index]).length;
}
