import assert from "node:assert/strict";
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
        isTransportRefusal(pin.toString("hex")),
      );
      assert.equal(agent.greetings.length, 0);
    });
  });
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
