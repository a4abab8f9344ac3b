import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";

const SHARED = { productVersion: "6.1.19" };
const directoryOf = (agent: TestAgent) => path.join(agent.root, "instances", "p-buildmaster", "shared");

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) assert.fail("it did not come to that");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("an instance that nobody uses", () => {
  for (const agentVersion of [46, 51] as const) {
    it(`is removed by an agent ${agentVersion}, and made anew for a server that comes back (INST-061, INST-062)`, async () => {
      await using agent = await startTestAgent({ agentVersion, limits: { instanceIdleMs: 60n, sessionIdleMs: 20n } });
      await agent.client.negotiate(SHARED);
      assert.ok(existsSync(directoryOf(agent)));
      await until(() => !existsSync(directoryOf(agent)));
      await agent.client.negotiate(SHARED);
      assert.ok(existsSync(path.join(directoryOf(agent), "instance.json")));
    });
  }

  it("stays while a session lives in it (INST-060)", async () => {
    await using agent = await startTestAgent({ limits: { instanceIdleMs: 20n } });
    const { instanceName } = await agent.client.negotiate({ ...SHARED, product: "Watch" });
    await agent.client.negotiate(SHARED);
    // Two sweeps have passed when an instance without a session is gone.
    await using other = await startTestAgent({ limits: { instanceIdleMs: 20n, sessionIdleMs: 1n } });
    await other.client.negotiate(SHARED);
    await until(() => !existsSync(directoryOf(other)));
    assert.ok(existsSync(directoryOf(agent)));
    assert.ok(existsSync(path.join(agent.root, "instances", ...instanceName.split("/"))));
  });

  it("is as idle after a restart as before, and no longer once somebody has come (INST-060)", async () => {
    await using agent = await startTestAgent({ limits: { instanceIdleMs: 300_000n, sessionIdleMs: 1n } });
    await agent.client.negotiate(SHARED);
    const record = path.join(directoryOf(agent), "instance.json");
    const idleMs = () => JSON.parse(readFileSync(record, "utf8")).idleMs as number;
    await agent.restart();
    writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, "utf8")), idleMs: 299_000 }));
    await agent.restart();
    assert.equal(idleMs(), 299_000);
    await agent.client.negotiate(SHARED);
    await until(() => idleMs() === 0);
  });
});
