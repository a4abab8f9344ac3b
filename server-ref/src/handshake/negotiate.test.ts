import assert from "node:assert/strict";
import { ErrorCode, Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import { AgentRefusal } from "../errors/agent-refusal.ts";
import { ExitCode } from "../errors/exit-code.ts";
import { setSetting } from "../home/settings.ts";
import { syncAgent } from "../sync/sync-agent.ts";
import { startFakeAgent } from "../testing/fake-agent.ts";
import type { FakeBehaviour } from "../testing/fake-agent-state.ts";
import { fakeRefusal } from "../testing/fake-refusal.ts";
import { agentAt, withTemporaryServer } from "../testing/temporary-server.ts";

describe("a greeting", () => {
  it("says what the settings say", async () => {
    await withTemporaryServer(async (server) => {
      setSetting(server.home, "Server.Product", "BuildMaster");
      setSetting(server.home, "Server.ProductVersion", "6.1.20");
      setSetting(server.home, "Agent.InstanceId", " Blue ");
      setSetting(server.home, "Server.Identity", "off");
      await using agent = await startFakeAgent();
      await syncAgent(agentAt(agent.port), server.task());
      const [greeting] = agent.greetings;
      assert.equal(greeting?.product, "BuildMaster");
      assert.equal(greeting?.productVersion, "6.1.20");
      assert.equal(greeting?.instanceId, " Blue ");
      assert.deepEqual(greeting?.features, ["zstd@1"]);
      assert.deepEqual(greeting?.dialects, { lowest: 49, highest: 49 });
    });
  });

  const warned: [string, Record<string, string>, number, boolean][] = [
    ["an InstanceId and got PRODUCT", { "Agent.InstanceId": "x" }, Isolation.ISOLATION_PRODUCT, true],
    ["an InstanceId and got it", { "Agent.InstanceId": "x" }, Isolation.ISOLATION_INSTANCE_ID, false],
    ["its identity and got ADDRESS", {}, Isolation.ISOLATION_ADDRESS, true],
    ["its identity and got a value nobody knows", {}, 17, true],
    ["its address and got ADDRESS", { "Server.Identity": "off" }, Isolation.ISOLATION_ADDRESS, false],
    ["its address and got PRODUCT", { "Server.Identity": "off" }, Isolation.ISOLATION_PRODUCT, true],
  ];
  for (const [title, settings, isolation, isWarned] of warned) {
    it(`${isWarned ? "warns" : "is silent"} when the server asked to be kept apart by ${title}`, async () => {
      await withTemporaryServer(async (server) => {
        for (const [name, value] of Object.entries(settings)) setSetting(server.home, name, value);
        await using agent = await startFakeAgent({ negotiate: () => ({ isolation: isolation as Isolation }) });
        const task = server.task();
        await syncAgent(agentAt(agent.port), task);
        assert.equal(task.warnings.length, isWarned ? 1 : 0);
      });
    });
  }

  for (const [announced, spoken] of [
    [42, 1],
    [46, 44],
    [47, 44],
    [48, 44],
  ]) {
    it(`says that an agent of version ${announced} speaks dialect ${spoken} at most and has to be upgraded`, async () => {
      await withTemporaryServer(async (server) => {
        await using agent = await startFakeAgent({ negotiate: () => ({ agentVersion: announced! }) });
        await assert.rejects(syncAgent(agentAt(agent.port), server.task()), {
          exitCode: ExitCode.refusedByAgent,
          message: new RegExp(`version ${announced}, which speaks no dialect above ${spoken};`),
          remedy: /Upgrade the agent/,
        });
      });
    });
  }

  it("takes an agent of a later version", async () => {
    await withTemporaryServer(async (server) => {
      const behaviour: FakeBehaviour = {
        negotiate: () => ({ agentVersion: 51, features: ["zstd@1", "not asked for@1"] }),
      };
      await using agent = await startFakeAgent(behaviour);
      assert.equal((await syncAgent(agentAt(agent.port), server.task())).agentVersion, 51);
    });
  });

  it("passes on a refusal whose code this server does not know", async () => {
    await withTemporaryServer(async (server) => {
      const code = 999 as ErrorCode;
      const refuse = () => {
        throw fakeRefusal(code, { message: "New rule." });
      };
      await using agent = await startFakeAgent({ negotiate: refuse });
      await assert.rejects(syncAgent(agentAt(agent.port), server.task()), (error) => {
        assert.ok(error instanceof AgentRefusal);
        assert.equal(error.message, "The agent refused (code 999): New rule.");
        return true;
      });
      assert.equal(agent.greetings.length, 1);
    });
  });

  for (const [code, side] of [
    [ErrorCode.ERROR_CODE_SERVER_TOO_OLD, "Upgrade this server"],
    [ErrorCode.ERROR_CODE_AGENT_TOO_OLD, "Upgrade the agent"],
  ] as const) {
    it(`names the side to be upgraded even where the agent does not: ${side}`, async () => {
      await withTemporaryServer(async (server) => {
        const refuse = () => {
          throw fakeRefusal(code);
        };
        await using agent = await startFakeAgent({ negotiate: refuse });
        await assert.rejects(syncAgent(agentAt(agent.port), server.task()), { remedy: new RegExp(side) });
      });
    });
  }
});
