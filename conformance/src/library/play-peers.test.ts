import assert from "node:assert/strict";
import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { afterEach, describe, it } from "mocha";
import { agentThatCutsAfterCommit } from "../mallory/agent/cuts.ts";
import { agentThatForgetsSessions, agentThatRefuses } from "../mallory/agent/refusals.ts";
import { agentOfTheFuture } from "../mallory/agent/versions.ts";
import { releaseOf } from "../material/release.ts";
import { extensionOf, shellHost } from "../material/shell-host.ts";
import type { AgentPeer, AgentPeerOptions } from "../peers/agent-peer.ts";
import type { ServerPeer } from "../peers/server-peer.ts";
import { playAgent, playServer } from "./play-peers.ts";

const release = releaseOf(shellHost(), extensionOf("Files", { "a.txt": "a" }));

describe("a played server and a played agent", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });

  async function meet(options?: AgentPeerOptions): Promise<{ agent: AgentPeer; server: ServerPeer }> {
    const agent = await playAgent(options);
    const server = await playServer(agent);
    opened.push(agent, server);
    return { agent, server };
  }

  it("sync as the clauses say when they are told nothing else", async () => {
    const { agent, server } = await meet();
    await server.sync(await server.session(), release);
    agent.requireFaithful();
    assert.equal(agent.committed.length, 1);
    assert.equal(agent.seen.negotiations[0]?.product, "Mallory");
  });

  it("refuses with the error it was given, and only as often", async () => {
    const { server } = await meet(agentThatRefuses("offer", { code: ErrorCode.ERROR_CODE_QUOTA_EXCEEDED }, 1));
    const session = await server.session();
    const offers = [await server.offer(session, release), await server.offer(session, release)];
    assert.deepEqual(
      offers.map((offer) => (offer.kind === "refused" ? offer.refusal.error?.code : "answered")),
      [ErrorCode.ERROR_CODE_QUOTA_EXCEEDED, "answered"],
    );
  });

  it("forgets its sessions once", async () => {
    const { server } = await meet(agentThatForgetsSessions("offer"));
    await assert.rejects(server.sync(await server.session(), release), /SESSION_UNKNOWN/);
    await server.sync(await server.session(), release);
  });

  it("commits and does not say so", async () => {
    const { agent, server } = await meet(agentThatCutsAfterCommit());
    await assert.rejects(server.sync(await server.session(), release), /UNAVAILABLE/);
    const again = await playServer(agent);
    opened.push(again);
    assert.equal((await again.session({ wantedManifestDigest: release.digest })).generationPresent, true);
  });

  it("answers as a version not yet made does, which the server notices", async () => {
    const { server } = await meet(agentOfTheFuture());
    await assert.rejects(server.session(), /only features out of \[\], got \[teleport@7/);
  });
});
