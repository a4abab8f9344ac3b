import assert from "node:assert/strict";
import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { PackageKind } from "@berth/proto/messages/sync/v44/file";
import { HostEnd } from "@berth/proto/messages/sync/v44/host";
import { afterEach, describe, it } from "mocha";
import { expectAnswered } from "../expect/answered.ts";
import { expectRefusal } from "../expect/refusal.ts";
import { startTranscript } from "../report/transcript.ts";
import { type AgentPeer, type AgentPeerOptions, startAgentPeer } from "./agent-peer.ts";
import { contentOf, endOfUpdate, headerOf, type TreeFile } from "./server-peer/legacy-calls.ts";
import { connectServerPeer, type ServerPeer } from "./server-peer.ts";

const host = {
  package: { kind: PackageKind.PACKAGE_KIND_HOST, name: "suite-host" },
  path: "bin/host",
  modifiedMs: 1_000n,
  executable: true,
  content: Buffer.from("#!/bin/sh\n"),
} as const satisfies TreeFile;

const large: TreeFile = {
  package: { kind: PackageKind.PACKAGE_KIND_EXTENSION, name: "Files" },
  path: "a b/ü.bin",
  modifiedMs: 1_700_000_000_123n,
  executable: false,
  content: Buffer.alloc(600_000, 7),
};

describe("legacy peers", () => {
  const open: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function meet(options: AgentPeerOptions): Promise<{ agent: AgentPeer; server: ServerPeer }> {
    const transcript = startTranscript();
    const agent = await startAgentPeer({ transcript }, options);
    const server = await connectServerPeer(
      {
        agent,
        product: "Suite",
        transcript,
        random: Math.random,
        scaledMs: (ms) => ms,
      },
      {},
    );
    open.push(agent, server);
    return { agent, server };
  }

  async function breach(
    misbehave: (server: ServerPeer, session: NegotiateResponse) => Promise<unknown>,
    options: AgentPeerOptions = { dialects: [1, 44] },
    request: Parameters<ServerPeer["session"]>[0] = {},
  ): Promise<string[]> {
    const { agent, server } = await meet(options);
    await misbehave(server, await server.session(request));
    await agent.until((seen) => seen.violations.length > 0, 2000);
    return agent.seen.violations.map((violation) => violation.clause);
  }

  it("bring a tree up to date and run an operation from it in both dialects", async () => {
    for (const dialect of [1, 44] as const) {
      const { agent, server } = await meet({
        dialects: [1, 44],
        operations: { greet: { stages: [[{ stream: "stdout", data: "good " }], [{ stream: "stdout", data: "day" }]] } },
      });
      const instanceId = dialect === 44 ? "Blue" : "";
      const session = await server.session({ instanceId: "Blue", dialects: { lowest: 1, highest: dialect } });
      assert.deepEqual(expectAnswered(await server.legacy.list(session, instanceId), "a list"), []);
      for (const file of [host, large])
        expectAnswered(await server.legacy.update(session, file, { instanceId }), "an update");
      const listed = expectAnswered(await server.legacy.list(session, instanceId), "a list");
      const run = expectAnswered(await server.legacy.run(session, { name: "greet", instanceId }), "a run");

      agent.requireFaithful();
      assert.deepEqual([session.dialect, session.agentVersion], [dialect, 44]);
      assert.equal(listed.find(({ path }) => path === large.path)?.modifiedMs, large.modifiedMs);
      assert.deepEqual([run.stdout, run.end.how], ["good day", HostEnd.HOST_END_EXITED]);
      const [, placed] = agent.tree(dialect === 44 ? "p-suite/i-blue" : "p-suite/shared");
      assert.ok(Buffer.from(placed?.content ?? []).equals(large.content));
    }
  });

  it("tell every end of an operation, and one that never came", async () => {
    const { server } = await meet({
      dialects: [1],
      tree: [host],
      operations: { fail: { exitCode: 3 }, silent: { withoutEnd: true } },
    });
    const session = await server.session();
    assert.equal(expectAnswered(await server.legacy.run(session, { name: "fail" }), "a run").end.exitCode, 3);
    await assert.rejects(server.legacy.run(session, { name: "silent" }), /how the operation ended/);
    expectRefusal(await server.legacy.run(session, { host: "other" }), "another host", { code: "NO_HOST" });
  });

  it("leave a file as it was when its update is cut", async () => {
    const { agent, server } = await meet({ dialects: [1], tree: [host], cuts: [{ at: "update" }] });
    const session = await server.session();
    const newer = { ...host, modifiedMs: 2_000n };
    assert.equal((await server.legacy.update(session, newer)).kind, "refused");
    assert.equal(expectAnswered(await server.legacy.list(session), "a list")[0]?.modifiedMs, 1_000n);
    agent.requireFaithful();
  });

  it("know no token of another era", async () => {
    const { server } = await meet({ dialects: [1, 44, 49] });
    const [old, today] = [await server.session({ dialects: { lowest: 1, highest: 44 } }), await server.session()];
    expectRefusal(await server.start(old, { name: "work" }), "a start", { code: "SESSION_UNKNOWN" });
    expectRefusal(await server.legacy.list(today), "a list", { code: "SESSION_UNKNOWN" });
  });

  it("blame an InstanceId in the dialect 1 on LEG-018", async () => {
    const dialects = { lowest: 1, highest: 1 };
    assert.deepEqual(await breach((server, session) => server.legacy.list(session, "Blue"), undefined, { dialects }), [
      "LEG-018",
    ]);
  });

  it("blame a call without the greeting's InstanceId in the dialect 44 on LEG-019", async () => {
    const clauses = await breach((server, session) => server.legacy.list(session), undefined, { instanceId: "Blue" });
    assert.deepEqual(clauses, ["LEG-019"]);
  });

  it("blame a file that the agent listed with its time on LEG-030", async () => {
    const clauses = await breach(
      async (server, session) => {
        await server.legacy.list(session);
        await server.legacy.update(session, host);
      },
      { dialects: [1, 44], tree: [host] },
    );
    assert.deepEqual(clauses, ["LEG-030"]);
  });

  it("blame an operation before an update is answered on LEG-032", async () => {
    const { agent, server } = await meet({ dialects: [1, 44], tree: [host], updatePauseMs: 300 });
    const session = await server.session();
    const update = server.legacy.update(session, large);
    await agent.until((seen) => seen.legacy.updates.length > 0, 2000);
    expectAnswered(await server.legacy.run(session, {}), "a run");
    await update;
    assert.deepEqual(
      agent.seen.violations.map(({ clause }) => clause),
      ["LEG-032"],
    );
  });

  it("blame messages out of turn on LEG-025", async () => {
    const clauses = await breach(async (server, session) => {
      const call = server.legacy.openUpdate();
      await call.send(headerOf(session, host));
      await call.send(contentOf(Buffer.alloc(100)));
      expectRefusal(await endOfUpdate(call), "too much content", { code: "UNEXPECTED_MESSAGE" });
    });
    assert.deepEqual(clauses, ["LEG-025"]);
  });

  it("blame an InstanceId of a product below its minimum on INST-042", async () => {
    for (const [productVersion, expected] of [
      ["6.1.19", ["INST-042"]],
      ["6.1.20", []],
    ] as const) {
      const { agent, server } = await meet({ dialects: [1, 44] });
      await server.session({ product: "BuildMaster", productVersion, instanceId: "Blue" });
      assert.deepEqual(
        agent.seen.violations.map(({ clause }) => clause),
        expected,
      );
    }
  });
});
