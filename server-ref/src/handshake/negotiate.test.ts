import assert from "node:assert/strict";
import { ErrorCode, Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import { AgentRefusal } from "../errors/agent-refusal.ts";
import { ExitCode } from "../errors/exit-code.ts";
import { setSetting } from "../home/settings.ts";
import { syncAgent } from "../sync/sync-agent.ts";
import { startFakeAgent } from "../testing/fake-agent.ts";
import { startFakeLegacyAgent } from "../testing/fake-legacy-agent.ts";
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
      assert.deepEqual(greeting?.dialects, { lowest: 1, highest: 49 });
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

  const misfits: [number, number][] = [
    [0, 1],
    [42, 44],
    [43, 49],
    [44, 1],
    [46, 49],
    [47, 49],
    [48, 1],
    [49, 44],
    [50, 1],
    [999, 44],
    [999, 999],
  ];
  for (const [agentVersion, dialect] of misfits) {
    it(`blames the agent where it announces version ${agentVersion} and chooses the dialect ${dialect}, and sends nothing`, async () => {
      await withTemporaryServer(async (server) => {
        await server.publish("extension", "One", "1", { "a.txt": "a" });
        await using agent = await startFakeLegacyAgent(46, { negotiate: () => ({ agentVersion, dialect }) });
        await assert.rejects(syncAgent(agentAt(agent.port), server.task()), {
          exitCode: ExitCode.syncBrokeOff,
          message: new RegExp(`does not keep to the protocol: it announces version ${agentVersion}`),
        });
        assert.equal(agent.lists.length, 0);
      });
    });
  }

  for (const announced of [47, 48]) {
    it(`treats an agent that announces version ${announced} as a 46`, async () => {
      await withTemporaryServer(async (server) => {
        await using agent = await startFakeLegacyAgent(announced);
        const { agentVersion, dialect } = await syncAgent(agentAt(agent.port), server.task());
        assert.deepEqual([agentVersion, dialect], [46, 44]);
      });
    });
  }

  it("blames an agent of an older dialect that calls a generation present", async () => {
    await withTemporaryServer(async (server) => {
      await using agent = await startFakeLegacyAgent(46, { negotiate: () => ({ generationPresent: true }) });
      await assert.rejects(syncAgent(agentAt(agent.port), server.task()), { clause: "LEG-003" });
    });
  });

  for (const agentVersion of [51, 999]) {
    it(`takes an agent of version ${agentVersion} as one that speaks what 49 speaks`, async () => {
      await withTemporaryServer(async (server) => {
        const features = ["zstd@1", "not asked for@1"];
        await using agent = await startFakeAgent({ negotiate: () => ({ agentVersion, features }) });
        const report = await syncAgent(agentAt(agent.port), server.task());
        assert.deepEqual([report.agentVersion, report.dialect], [agentVersion, 49]);
      });
    });
  }

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
