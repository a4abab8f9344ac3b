import assert from "node:assert/strict";
import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import { ExitCode } from "../errors/exit-code.ts";
import { Failure } from "../errors/failure.ts";
import { type SettingName, setSetting } from "../home/settings.ts";
import { runOperation } from "../operations/run-operation.ts";
import { syncAgent } from "../sync/sync-agent.ts";
import { startFakeAgent } from "../testing/fake-agent.ts";
import { startFakeLegacyAgent } from "../testing/fake-legacy-agent.ts";
import { agentAt, type TemporaryServer, withTemporaryServer } from "../testing/temporary-server.ts";

type Settings = Partial<Record<SettingName, string>>;

const named: Settings = { "Agent.InstanceId": "blue" };
const tooOld: Settings = { "Server.Product": "Otter", "Server.ProductVersion": "2.2.9" };

async function withSettings(settings: Settings, work: (server: TemporaryServer) => Promise<void>): Promise<void> {
  await withTemporaryServer(async (server) => {
    for (const [name, value] of Object.entries(settings)) setSetting(server.home, name, value);
    await server.publish("host", "host", "1", { "exec:bin/host": "#!/bin/sh" });
    await work(server);
  });
}

/** Settings, an agent's version, the isolation asked for, and the remedy. The agent gives PRODUCT. */
const shortfalls: [Settings, number, string, RegExp][] = [
  [named, 42, "INSTANCE_ID", /Upgrade the agent, which has version 42, to 44 or later/],
  [named, 43, "INSTANCE_ID", /Upgrade the agent, which has version 43, to 44 or later/],
  [{}, 42, "SERVER", /Upgrade the agent, which has version 42, to 49 or later, or .* set Agent\.InstanceId/],
  [{}, 46, "SERVER", /Set Agent\.InstanceId to a unique value, or upgrade the agent, which has version 46, to 49/],
  [{ "Server.Identity": "off" }, 44, "ADDRESS", /Set Agent\.InstanceId to a unique value/],
  [tooOld, 46, "SERVER", /Upgrade the product to 2\.2\.10 or later/],
  [{ ...tooOld, ...named }, 46, "INSTANCE_ID", /Upgrade the product to 2\.2\.10 or later/],
];

for (const [settings, version, asked, remedy] of shortfalls) {
  const title = `a server with ${JSON.stringify(settings)} on an agent of version ${version}`;

  describe(title, () => {
    it("is told that its instance is shared, and synced", async () => {
      await withSettings(settings, async (server) => {
        await using agent = await startFakeLegacyAgent(version);
        const task = server.task();
        await syncAgent(agentAt(agent.port), task);
        assert.equal(task.warnings.length, 1);
        assert.match(task.warnings[0] ?? "", /share.*INST-041/);
        assert.match(task.warnings[0] ?? "", remedy);
        assert.equal(agent.updates.length, 1);
      });
    });

    it("gets nothing sent and nothing started where isolation is required", async () => {
      await withSettings(settings, async (server) => {
        await using agent = await startFakeLegacyAgent(version);
        const task = { ...server.task(), requiresIsolation: true };
        const order = { name: "deploy", arguments: [], timeoutMs: 0 };
        for (const work of [
          () => syncAgent(agentAt(agent.port), task),
          () => runOperation(agentAt(agent.port), task, order, async () => {}),
        ]) {
          await assert.rejects(work(), (error) => {
            assert.ok(error instanceof Failure);
            assert.equal(error.exitCode, ExitCode.isolationTooLow);
            assert.equal(error.clause, "INST-043");
            assert.match(error.message, new RegExp(`asked ${asked}, given PRODUCT`));
            assert.match(error.remedy, remedy);
            return true;
          });
        }
        assert.equal(agent.greetings.length, 2);
        assert.equal(agent.lists.length, 0);
        assert.deepEqual(task.warnings, []);
      });
    });
  });
}

describe("required isolation", () => {
  it("is met by an agent that gives what was asked for, in any dialect", async () => {
    await withSettings(named, async (server) => {
      const task = { ...server.task(), requiresIsolation: true };
      await using legacy = await startFakeLegacyAgent(44);
      assert.equal((await syncAgent(agentAt(legacy.port), task)).isolation, "INSTANCE_ID");
      await using agent = await startFakeAgent();
      assert.equal((await syncAgent(agentAt(agent.port), task)).isolation, "INSTANCE_ID");
      assert.deepEqual(task.warnings, []);
    });
  });

  it("is asked of the dialect 49 too, before the generation is offered", async () => {
    await withSettings({}, async (server) => {
      await using agent = await startFakeAgent({ negotiate: () => ({ isolation: Isolation.ISOLATION_ADDRESS }) });
      const task = { ...server.task(), requiresIsolation: true };
      await assert.rejects(syncAgent(agentAt(agent.port), task), {
        exitCode: ExitCode.isolationTooLow,
        message: /asked SERVER, given ADDRESS/,
        remedy: "Set Agent.InstanceId to a unique value.",
      });
      assert.equal(agent.offers.length, 0);
    });
  });

  it("blames an agent that knows InstanceIds and does not honour one", async () => {
    await withSettings(named, async (server) => {
      const isolation = Isolation.ISOLATION_PRODUCT;
      await using agent = await startFakeLegacyAgent(46, { negotiate: () => ({ isolation }) });
      const task = { ...server.task(), requiresIsolation: true };
      await assert.rejects(syncAgent(agentAt(agent.port), task), { remedy: /whoever makes the agent/ });
    });
  });
});

describe("a server below its product's minimum version", () => {
  for (const version of [42, 46, 49]) {
    it(`sends no InstanceId to an agent of version ${version}`, async () => {
      await withSettings({ ...tooOld, ...named }, async (server) => {
        const isolation = Isolation.ISOLATION_PRODUCT;
        await using agent = await (version < 49
          ? startFakeLegacyAgent(version)
          : startFakeAgent({ negotiate: () => ({ isolation }) }));
        const task = server.task();
        await syncAgent(agentAt(agent.port), task);
        const ids = agent.greetings.map(({ instanceId }) => instanceId);
        if ("lists" in agent) ids.push(...[...agent.lists, ...agent.updates].map(({ instanceId }) => instanceId));
        assert.deepEqual(new Set(ids), new Set([""]));
        assert.match(task.warnings[0] ?? "", /Otter 2\.2\.9 is below 2\.2\.10/);
      });
    });
  }
});
