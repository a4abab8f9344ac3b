import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { ExitCode } from "../errors/exit-code.ts";
import { Failure } from "../errors/failure.ts";
import type { StoredAgent } from "../home/agents.ts";
import { syncAgent } from "../sync/sync-agent.ts";
import { createTestCertificate } from "../testing/certificate.ts";
import { startFakeAgent } from "../testing/fake-agent.ts";
import { agentAt, withTemporaryServer } from "../testing/temporary-server.ts";

function pinnedAgentAt(port: number, pin: Uint8Array): StoredAgent {
  return { ...agentAt(port), protection: { kind: "pinned", pin } };
}

function isTransportRefusal(...words: string[]) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.exitCode, ExitCode.transportRefused);
    for (const word of words) assert.ok(error.message.includes(word), `${word} is in: ${error.message}`);
    return true;
  };
}

describe("a pinned agent", () => {
  it("is synced over TLS when its certificate has the pin", async () => {
    await withTemporaryServer(async (server) => {
      await server.publish("extension", "One", "1", { "a.txt": "a" });
      const { pin, credentials } = await createTestCertificate();
      await using agent = await startFakeAgent({}, credentials);
      const report = await syncAgent(pinnedAgentAt(agent.port, pin), server.task());
      assert.ok(agent.store.generations.has(report.manifestDigest));
    });
  });

  it("is refused with both thumbprints when its certificate has another, and hears nothing", async () => {
    await withTemporaryServer(async (server) => {
      const [met, expected] = [await createTestCertificate(), await createTestCertificate()];
      await using agent = await startFakeAgent({}, met.credentials);
      const sync = syncAgent(pinnedAgentAt(agent.port, expected.pin), server.task());
      await assert.rejects(sync, isTransportRefusal(expected.pin.toString("hex"), met.pin.toString("hex")));
      assert.equal(agent.greetings.length, 0);
    });
  });

  it("is refused when it speaks no TLS, without falling back to plaintext", async () => {
    await withTemporaryServer(async (server) => {
      const { pin } = await createTestCertificate();
      await using agent = await startFakeAgent();
      await assert.rejects(
        syncAgent(pinnedAgentAt(agent.port, pin), server.task()),
        isTransportRefusal("what answers there does not speak TLS", pin.toString("hex")),
      );
      assert.equal(agent.greetings.length, 0);
    });
  });
});

describe("a pinned agent that shows no certificate", () => {
  const silent = createServer();
  const accepted = once(silent, "connection") as Promise<[Socket]>;
  before(async () => {
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
  });
  after(() => silent.close());

  it("does not hold up an interruption", async () => {
    await withTemporaryServer(async (server) => {
      const controller = new AbortController();
      const { port } = silent.address() as AddressInfo;
      const task = { ...server.task(), signal: controller.signal };
      const sync = syncAgent(pinnedAgentAt(port, Buffer.alloc(32)), task);
      const rejected = assert.rejects(sync, /interrupted/);
      const [socket] = await accepted;
      controller.abort(new Error("interrupted"));
      await rejected;
      socket.destroy();
    });
  }).timeout(5_000); // less than the patience with the agent
});

describe("an agent without a pin", () => {
  it("is refused when it listens with TLS, showing the thumbprint it has", async () => {
    await withTemporaryServer(async (server) => {
      const { pin, credentials } = await createTestCertificate();
      await using agent = await startFakeAgent({}, credentials);
      await assert.rejects(
        syncAgent(agentAt(agent.port), server.task()),
        isTransportRefusal("expected none", pin.toString("hex")),
      );
      assert.equal(agent.greetings.length, 0);
    });
  });
});
