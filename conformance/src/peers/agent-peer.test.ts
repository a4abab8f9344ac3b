import assert from "node:assert/strict";
import { ErrorCode, type NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import { afterEach, describe, it } from "mocha";
import { expectAnswered } from "../expect/answered.ts";
import { manifestOf, type Release, releaseOf } from "../material/release.ts";
import { extensionOf, shellHost } from "../material/shell-host.ts";
import { startTranscript } from "../report/transcript.ts";
import { type AgentPeer, type AgentPeerOptions, startAgentPeer } from "./agent-peer.ts";
import { dataOf } from "./server-peer/data-frames.ts";
import { connectServerPeer, type ServerPeer } from "./server-peer.ts";

const files = { "a.txt": "alpha", "b.bin": Buffer.alloc(200_000, 7), empty: "" };
const release = releaseOf(extensionOf("Files", files), shellHost());

describe("agent peer", () => {
  const open: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function meet(options: AgentPeerOptions = {}): Promise<{ agent: AgentPeer; server: ServerPeer }> {
    const transcript = startTranscript();
    const agent = await startAgentPeer({ transcript }, options);
    const server = await connectServerPeer({
      agent,
      product: "Suite",
      transcript,
      random: Math.random,
      scaledMs: (ms) => ms,
    });
    open.push(agent, server);
    return { agent, server };
  }

  async function breach(
    misbehave: (server: ServerPeer, session: NegotiateResponse) => Promise<unknown>,
    options?: AgentPeerOptions,
  ): Promise<string[]> {
    const { agent, server } = await meet(options);
    await misbehave(server, await server.session({ features: [] }));
    await agent.until((seen) => seen.violations.length > 0, 2000);
    assert.throws(() => agent.requireFaithful());
    return agent.seen.violations.map((violation) => violation.clause);
  }

  it("serves a faithful server from handshake to result and blames it for nothing", async () => {
    const { agent, server } = await meet({
      operations: { greet: { stages: [[{ stream: "stdout", data: "good " }], [{ stream: "stdout", data: "day" }]] } },
    });
    const session = await server.session();
    await server.sync(session, release, { dataBytes: 65_536 });
    const run = await server.run(session, "greet");

    agent.requireFaithful();
    assert.equal(run.stdout, "good day");
    assert.equal(agent.committed[0]?.packages.length, 2);
    const again = await server.session({ wantedManifestDigest: release.digest });
    assert.equal(again.generationPresent, true);
  });

  it("takes zstd in a session that has it", async () => {
    const { agent, server } = await meet();
    const session = await server.session({ features: ["zstd@1"] });
    await server.sync(session, release, { codec: Codec.CODEC_ZSTD });
    agent.requireFaithful();
  });

  it("reports what it holds in part, and takes it up there", async () => {
    const { agent, server } = await meet({ holdsInPart: [{ content: files["b.bin"], heldBytes: 12_345 }] });
    const report = await server.sync(await server.session(), release);
    agent.requireFaithful();
    assert.equal(report.sentBytes, 5 + 200_000 - 12_345 + shellHostBytes());
  });

  it("keeps what arrived before it cut the connection", async () => {
    const { agent, server } = await meet({ cuts: [{ at: "data", afterBytes: 100_000 }] });
    await assert.rejects(server.sync(await server.session(), release, { dataBytes: 50_000 }));
    const report = await server.sync(await server.session(), release);
    agent.requireFaithful();
    assert.ok(report.sentBytes < 120_000, `${report.sentBytes} bytes were sent again`);
  });

  it("refuses as often as it was told, with the error as it was told", async () => {
    const error = { code: ErrorCode.ERROR_CODE_SESSION_UNKNOWN, message: "Gone.", remedy: "Come again." };
    const { server } = await meet({ refusals: [{ call: "offer", error, times: 1 }] });
    const session = await server.session();
    const refused = await server.offer(session, release);
    assert.equal(refused.kind === "refused" && refused.refusal.error?.remedy, "Come again.");
    assert.equal((await server.offer(session, release)).kind, "refused", "the session has ended");
    await server.sync(await server.session(), release);
  });

  it("blames a manifest that is not canonical on SYNC-003", async () => {
    const clauses = await breach((server, session) => server.offer(session, manifestOf("berth-manifest 2\n")));
    assert.deepEqual(clauses, ["SYNC-003"]);
  });

  it("blames a digest that is not the manifest's on SYNC-003", async () => {
    const other: Release = { ...release, digest: manifestOf("other").digest };
    assert.deepEqual(await breach((server, session) => server.offer(session, other)), ["SYNC-003"]);
  });

  it("blames a hostile path on SYNC-019", async () => {
    const hostile = releaseOf(extensionOf("Bad", { "aux.txt": "x" }));
    assert.deepEqual(await breach((server, session) => server.offer(session, hostile)), ["SYNC-019"]);
  });

  it("blames a Commit before all content on SYNC-040", async () => {
    const clauses = await breach(async (server, session) => (await server.offerAccepted(session, release)).commit());
    assert.deepEqual(clauses, ["SYNC-040"]);
  });

  it("blames content sent twice on SYNC-040", async () => {
    const clauses = await breach(async (server, session) => {
      const { stream, lacking } = await server.offerAccepted(session, release);
      const digest = lacking.missing[0]!;
      const data = dataOf([{ digest, offset: 0, bytes: release.contents.get(digest)! }]);
      await stream.send({ $case: "data", value: data });
      await stream.send({ $case: "data", value: data });
    });
    assert.deepEqual(clauses, ["SYNC-040"]);
  });

  it("blames bytes of another digest on SYNC-047", async () => {
    const clauses = await breach(async (server, session) => {
      const { stream, lacking } = await server.offerAccepted(session, release);
      const digest = lacking.missing[0]!;
      const bytes = Buffer.alloc(release.contents.get(digest)!.length);
      await stream.send({ $case: "data", value: dataOf([{ digest, offset: 0, bytes }]) });
    });
    assert.deepEqual(clauses, ["SYNC-047"]);
  });

  it("blames a codec without its feature on HS-018", async () => {
    const clauses = await breach((server, session) =>
      assert.rejects(server.sync(session, release, { codec: Codec.CODEC_ZSTD })),
    );
    assert.deepEqual(clauses, ["HS-018"]);
  });

  it("blames a Data over the limit on HS-033", async () => {
    const clauses = await breach(
      (server, session) => assert.rejects(server.sync(session, release, { dataBytes: 65_537 })),
      { limits: { maxDataBytes: 65_536 } },
    );
    assert.deepEqual(clauses, ["HS-033"]);
  });

  it("blames a message before the complete Need on SYNC-037", async () => {
    const clauses = await breach(
      async (server, session) => {
        const stream = server.stream();
        const { manifest, digest: manifestDigest } = release;
        const offer = {
          sessionToken: session.sessionToken,
          manifestDigest,
          manifestSize: BigInt(manifest.length),
          manifest,
        };
        await stream.send({ $case: "offer", value: offer });
        await stream.send({ $case: "commit", value: {} });
      },
      { needPauseMs: 2000 },
    );
    assert.deepEqual(clauses, ["SYNC-037"]);
  });

  it("blames an operation before any generation on OP-063", async () => {
    const clauses = await breach((server, session) => server.start(session, { name: "work" }));
    assert.deepEqual(clauses, ["OP-063"]);
  });

  it("blames a cursor that no answer gave on OP-061", async () => {
    const { agent, server } = await meet({ operations: { work: { stages: [[{ stream: "stdout", data: "text" }]] } } });
    const session = await server.session();
    await server.sync(session, release);
    const { operationId } = expectAnswered(await server.start(session, { name: "work" }), "a start");
    await server.read(session, operationId, { cursor: 2n });
    assert.deepEqual(
      agent.seen.violations.map((violation) => violation.clause),
      ["OP-061"],
    );
  });
});

function shellHostBytes(): number {
  return shellHost().files.reduce((sum, file) => sum + file.content.length, 0);
}
