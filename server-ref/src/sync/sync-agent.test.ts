import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import { AgentRefusal } from "../errors/agent-refusal.ts";
import { ExitCode } from "../errors/exit-code.ts";
import { Failure } from "../errors/failure.ts";
import { listHistory } from "../home/history.ts";
import { startCuttableRelay } from "../testing/cuttable-relay.ts";
import { startFakeAgent } from "../testing/fake-agent.ts";
import type { FakeBehaviour } from "../testing/fake-agent-state.ts";
import { fakeRefusal } from "../testing/fake-refusal.ts";
import { noLimits } from "../testing/loopback-server.ts";
import { agentAt, type TestFiles, withTemporaryServer } from "../testing/temporary-server.ts";
import { syncAgent } from "./sync-agent.ts";

const mebibyte = 1024 * 1024;

function text(seed: string, bytes: number): string {
  return `${seed} `.repeat(Math.ceil(bytes / (seed.length + 1))).slice(0, bytes);
}

function rawBytesOf(data: readonly { rawSize: number }[]): number {
  return data.reduce((sum, { rawSize }) => sum + rawSize, 0);
}

describe("a sync", () => {
  it("sends every content of the loaded packages once, however many packages hold it", async () => {
    await withTemporaryServer(async (server) => {
      const shared = text("shared", 5_000);
      const large = randomBytes(3 * mebibyte + 17);
      await server.publish("extension", "One", "1", {
        "a.txt": shared,
        "b.txt": shared,
        "only.txt": "one",
        "large.bin": large,
        empty: "",
      });
      await server.publish("extension", "Two", "1", { "c.txt": shared, "d.txt": "two", "same.bin": large });
      await using agent = await startFakeAgent();
      const report = await syncAgent(agentAt(agent.port), server.task());

      assert.equal(rawBytesOf(agent.data), shared.length + large.length + "one".length + "two".length);
      assert.equal(agent.store.contents.size, 4);
      assert.ok(agent.store.generations.has(report.manifestDigest));
      assert.equal(report.files, 8);
      assert.equal(report.isolation, "SERVER");
    });
  });

  it("sends nothing and opens no stream when the generation is present", async () => {
    await withTemporaryServer(async (server) => {
      await server.publish("extension", "One", "1", { "a.txt": "a" });
      await using agent = await startFakeAgent();
      await syncAgent(agentAt(agent.port), server.task());
      await syncAgent(agentAt(agent.port), server.task());
      assert.equal(agent.greetings.length, 2);
      assert.equal(agent.offers.length, 1);
      assert.deepEqual(
        listHistory(server.home, 10).map(({ outcome }) => outcome),
        ["already present", "committed"],
      );
    });
  });

  it("sends stored frames as they are where all of them is missing, and packs anew what is missing of others", async () => {
    await withTemporaryServer(async (server) => {
      const files: TestFiles = Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [`${index}.txt`, text(`file ${index}`, 50_000)]),
      );
      await server.publish("extension", "One", "1", files);
      await using agent = await startFakeAgent();
      await syncAgent(agentAt(agent.port), server.task());
      const full = agent.data.length;
      assert.equal(full, 2);

      await server.publish("extension", "One", "2", { ...files, "7.txt": "changed", "new.txt": "new" });
      await syncAgent(agentAt(agent.port), server.task());
      const update = agent.data.slice(full);
      assert.equal(update.length, 1);
      assert.equal(rawBytesOf(update), "changed".length + "new".length);
    });
  });

  const terms: [string, FakeBehaviour, (codec: number, rawSize: number) => void][] = [
    ["without zstd where the session has none", { features: [] }, (codec) => assert.equal(codec, Codec.CODEC_IDENTITY)],
    ["in pieces within a small max_data_bytes", { maxDataBytes: 65_536 }, (_, rawSize) => assert.ok(rawSize <= 65_536)],
  ];
  for (const [title, behaviour, check] of terms) {
    it(`sends content ${title}`, async () => {
      await withTemporaryServer(async (server) => {
        const large = Buffer.concat([Buffer.from(text("compressible", 2 * mebibyte)), randomBytes(100_001)]);
        await server.publish("extension", "One", "1", { "a.txt": text("a", 70_000), "b/large": large, "z.txt": "z" });
        await using agent = await startFakeAgent(behaviour);
        await syncAgent(agentAt(agent.port), server.task());
        for (const { codec, rawSize } of agent.data) check(codec, rawSize);
        assert.equal(agent.store.contents.size, 3);
      });
    });
  }

  it("resumes after a dropped connection and sends again at most what was under way", async () => {
    await withTemporaryServer(async (server) => {
      const large = randomBytes(20 * mebibyte);
      await server.publish("extension", "One", "1", { "a.txt": "a", large });
      await using agent = await startFakeAgent();
      await using relay = await startCuttableRelay(agent.port);
      agent.behaviour.afterData = (count) => {
        if (count === 5 || count === 9) relay.cut();
      };
      await syncAgent(agentAt(relay.port), server.task());
      assert.equal(agent.greetings.length, 3);
      assert.equal(rawBytesOf(agent.data), large.length + 1);
      assert.equal(agent.store.contents.size, 2);
    });
  });

  it("continues in the middle of a stored frame at the bytes the agent holds", async () => {
    await withTemporaryServer(async (server) => {
      const large = randomBytes(3 * mebibyte);
      await server.publish("extension", "One", "1", { "a.txt": "a", large });
      await using agent = await startFakeAgent();
      const { wanted } = server.task();
      const key = [...wanted.sizes].find(([, size]) => size === large.length)?.[0] ?? "";
      agent.store.partials.set(key, large.subarray(0, mebibyte + 1000));
      await syncAgent(agentAt(agent.port), server.task());
      assert.equal(rawBytesOf(agent.data), 1 + 2 * mebibyte - 1000);
    });
  });

  it("negotiates again once when its session is unknown", async () => {
    await withTemporaryServer(async (server) => {
      await server.publish("extension", "One", "1", { "a.txt": "a" });
      const unknown = fakeRefusal(ErrorCode.ERROR_CODE_SESSION_UNKNOWN);
      await using agent = await startFakeAgent({ refuseSync: (count) => (count === 1 ? unknown : undefined) });
      await syncAgent(agentAt(agent.port), server.task());
      assert.equal(agent.greetings.length, 2);

      await server.publish("extension", "One", "2", { "a.txt": "b" });
      agent.behaviour.refuseSync = () => unknown;
      await assert.rejects(syncAgent(agentAt(agent.port), server.task()), AgentRefusal);
      assert.equal(agent.greetings.length, 4);
    });
  });

  it("shows the agent's words for a refusal and does not repeat it", async () => {
    await withTemporaryServer(async (server) => {
      await server.publish("extension", "One", "1", { "a.txt": "a" });
      const words = { message: "Too much.", remedy: "Send less.", clause: "SYNC-033" };
      await using agent = await startFakeAgent({
        refuseSync: () => fakeRefusal(ErrorCode.ERROR_CODE_QUOTA_EXCEEDED, words),
      });
      await assert.rejects(syncAgent(agentAt(agent.port), server.task()), (error) => {
        assert.ok(error instanceof AgentRefusal);
        assert.equal(error.message, "The agent refused (QUOTA_EXCEEDED): Too much.");
        assert.equal(error.remedy, "Send less.");
        assert.equal(error.clause, "SYNC-033");
        assert.equal(error.exitCode, ExitCode.refusedByAgent);
        return true;
      });
      assert.equal(agent.offers.length, 1);
    });
  });

  it("repeats a retryable refusal", async () => {
    await withTemporaryServer(async (server) => {
      await server.publish("extension", "One", "1", { "a.txt": "a" });
      const full = fakeRefusal(ErrorCode.ERROR_CODE_STORAGE_FAILED, { retryable: true });
      await using agent = await startFakeAgent({ refuseSync: (count) => (count === 1 ? full : undefined) });
      await syncAgent(agentAt(agent.port), server.task());
      assert.equal(agent.offers.length, 2);
    });
  });

  const lies: [string, FakeBehaviour, RegExp][] = [
    ["commits another manifest", { committedDigest: randomBytes(32) }, /another manifest/],
    ["asks for content that was not offered", { alsoAskFor: ["ab".repeat(32)] }, /does not name/],
    [
      "announces limits without room",
      { negotiate: () => ({ limits: { ...noLimits, maxDataBytes: 1 } }) },
      /leave no room/,
    ],
    [
      "chooses a dialect that its version does not speak",
      { negotiate: () => ({ dialect: 44 }) },
      /chose the dialect 44/,
    ],
  ];
  for (const [title, behaviour, message] of lies) {
    it(`fails when the agent ${title}`, async () => {
      await withTemporaryServer(async (server) => {
        await server.publish("extension", "One", "1", { "a.txt": "a" });
        await using agent = await startFakeAgent(behaviour);
        await assert.rejects(syncAgent(agentAt(agent.port), server.task()), (error) => {
          assert.ok(error instanceof Failure);
          assert.match(error.message, message);
          return true;
        });
      });
    });
  }

  it("gives up with syncBrokeOff where the connection keeps breaking", async () => {
    await withTemporaryServer(async (server) => {
      await server.publish("extension", "One", "1", { "a.txt": "a" });
      await using agent = await startFakeAgent();
      await using relay = await startCuttableRelay(agent.port);
      agent.behaviour.refuseSync = () => {
        relay.cut();
        return undefined;
      };
      await assert.rejects(syncAgent(agentAt(relay.port), server.task()), (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.exitCode, ExitCode.syncBrokeOff);
        return true;
      });
    });
  }).timeout(20_000);
});
