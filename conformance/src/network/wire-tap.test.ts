import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { HandshakeServiceClient } from "@berth/proto/messages/handshake/v1/handshake";
import { credentials } from "@grpc/grpc-js";
import { afterEach, describe, it } from "mocha";
import { type AgentPeer, startAgentPeer } from "../peers/agent-peer.ts";
import { startTranscript } from "../report/transcript.ts";
import { startWireTap, type WireTap } from "./wire-tap.ts";

const greeting = {
  product: "Suite",
  productVersion: "1.0",
  serverId: "",
  instanceId: "",
  dialects: { lowest: 1, highest: 49 },
  features: [],
  wantedManifestDigest: new Uint8Array(),
};

describe("a wire tap", () => {
  const open: { close(): Promise<void> | void }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function tapOn(target: string) {
    const transcript = startTranscript();
    const tap = await startWireTap({ target, sourceAddress: "127.0.9.9", peer: "server one", transcript });
    open.push(tap);
    return { tap, transcript };
  }

  function negotiate(tap: WireTap, change: Partial<typeof greeting> = {}): Promise<number> {
    const client = new HandshakeServiceClient(tap.address, credentials.createInsecure());
    open.push(client);
    return new Promise((resolve, reject) =>
      client.negotiate({ ...greeting, ...change }, (error, answer) =>
        error ? reject(error) : resolve(answer.agentVersion),
      ),
    );
  }

  async function agent(): Promise<AgentPeer> {
    const peer = await startAgentPeer({ transcript: startTranscript() });
    open.push(peer);
    return peer;
  }

  it("passes calls on unchanged and writes down both sides, secrets hidden", async () => {
    const { tap, transcript } = await tapOn((await agent()).address);
    assert.ok((await negotiate(tap)) >= 49);
    const [sent, received] = transcript.entries();
    assert.ok(sent && received);
    assert.deepEqual([sent.direction, sent.peer, sent.method], ["sent", "server one", "Negotiate"]);
    assert.equal((sent.message as { product: string }).product, "Suite");
    assert.equal((received.message as { sessionToken: string }).sessionToken, "<redacted>");
  });

  it("passes a refusal on with its trailers, and writes down the error", async () => {
    const { tap, transcript } = await tapOn((await agent()).address);
    await assert.rejects(negotiate(tap, { dialects: { lowest: 0, highest: 0 } }), { code: 3 });
    const last = transcript.entries().at(-1)?.message as { status: number; error: { clause: string } };
    assert.deepEqual([last.status, last.error.clause], [3, "HS-010"]);
  });

  it("connects from the address it was given", async () => {
    const seen = Promise.withResolvers<string | undefined>();
    const server = createServer((socket: Socket) => {
      seen.resolve(socket.remoteAddress);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push({ close: () => void server.close() });
    const { tap } = await tapOn(`127.0.0.1:${(server.address() as { port: number }).port}`);
    await assert.rejects(negotiate(tap));
    assert.equal(await seen.promise, "127.0.9.9");
  });
});
