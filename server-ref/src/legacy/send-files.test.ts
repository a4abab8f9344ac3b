import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { truncate, utimes } from "node:fs/promises";
import { join } from "node:path";
import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { ExitCode } from "../errors/exit-code.ts";
import { listHistory } from "../home/history.ts";
import { setSetting } from "../home/settings.ts";
import { addPackage } from "../publishing/add-package.ts";
import { syncAgent } from "../sync/sync-agent.ts";
import { startCuttableRelay } from "../testing/cuttable-relay.ts";
import { startFakeLegacyAgent } from "../testing/fake-legacy-agent.ts";
import type { FakeLegacyAgent } from "../testing/fake-legacy-state.ts";
import { fakeRefusal } from "../testing/fake-refusal.ts";
import { agentAt, type TemporaryServer, type TestFiles, withTemporaryServer } from "../testing/temporary-server.ts";

const mebibyte = 1024 * 1024;

/** Publishes files that all have this modification time. */
async function publishAt(server: TemporaryServer, version: string, files: TestFiles, ms: number): Promise<void> {
  const directory = await server.writeFiles(`One-${version}`, files);
  for (const key of Object.keys(files))
    await utimes(join(directory, key.replace(/^exec:/, "")), new Date(ms), new Date(ms));
  const source = { directory, kind: "extension", name: "One", version, entry: undefined } as const;
  await addPackage(server.home, source, () => {}, new AbortController().signal);
}

function sync(server: TemporaryServer, agent: FakeLegacyAgent) {
  return syncAgent(agentAt(agent.port), server.task());
}

function contentsOf(agent: FakeLegacyAgent, instanceId = ""): Record<string, string> {
  const tree = agent.trees.get(instanceId) ?? new Map();
  return Object.fromEntries([...tree].map(([key, { content }]) => [key, content.toString()]));
}

describe("a sync with an agent of an older dialect", () => {
  for (const version of [42, 44, 46]) {
    it(`sends every file of the loaded packages to an agent of version ${version}, whole and with its time`, async () => {
      await withTemporaryServer(async (server) => {
        await publishAt(server, "1", { "a.txt": "a", "b/c.txt": "c", empty: "" }, 1_700_000_000_123);
        await server.publish("host", "host", "1", { "exec:bin/host": "#!/bin/sh" });
        await using agent = await startFakeLegacyAgent(version);
        const report = await sync(server, agent);
        assert.deepEqual(contentsOf(agent), {
          "1 One a.txt": "a",
          "1 One b/c.txt": "c",
          "1 One empty": "",
          "2 host bin/host": "#!/bin/sh",
        });
        const tree = agent.trees.get("");
        assert.equal(tree?.get("1 One a.txt")?.modifiedMs, 1_700_000_000_123n);
        assert.equal(tree?.get("1 One a.txt")?.executable, false);
        assert.equal(tree?.get("2 host bin/host")?.executable, true);
        assert.equal(report.dialect, version >= 44 ? 44 : 1);
        assert.equal(report.agentVersion, version);
        assert.equal(report.isolation, "PRODUCT");
        assert.equal(report.files, 4);
        assert.equal(report.sentBytes, "ac#!/bin/sh".length);
      });
    });
  }

  it("sends nothing where every file is listed with its time", async () => {
    await withTemporaryServer(async (server) => {
      await publishAt(server, "1", { "a.txt": "a", "b.txt": "bb" }, 1_700_000_000_000);
      await using agent = await startFakeLegacyAgent(46);
      await sync(server, agent);
      const again = await sync(server, agent);
      assert.equal(agent.updates.length, 2);
      assert.equal(again.sentBytes, 0);
      assert.equal(again.reusedBytes, 3);
      const outcomes = listHistory(server.home, 10).map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, ["already present", "updated 2 of 2 files"]);
    });
  });

  const times: [string, bigint, number][] = [
    ["an older time", 1_600_000_000_000n, 1],
    ["a newer time", 1_800_000_000_000n, 1],
    ["a time that differs by one millisecond", 1_700_000_000_001n, 1],
    ["the same time and other content", 1_700_000_000_000n, 0],
  ];
  for (const [title, modifiedMs, updates] of times) {
    it(`${updates ? "replaces" : "leaves"} a file that is listed with ${title}`, async () => {
      await withTemporaryServer(async (server) => {
        await publishAt(server, "1", { "a.txt": "ours" }, 1_700_000_000_000);
        await using agent = await startFakeLegacyAgent(44);
        const neighbours = { modifiedMs, content: Buffer.from("a neighbour's"), executable: false };
        agent.trees.set(
          "",
          new Map([
            ["1 One a.txt", neighbours],
            ["1 Two a.txt", neighbours],
          ]),
        );
        await sync(server, agent);
        assert.equal(agent.updates.length, updates);
        assert.equal(contentsOf(agent)["1 One a.txt"], updates ? "ours" : "a neighbour's");
      });
    });
  }

  for (const [version, sent] of [
    [43, ""],
    [44, " Blue "],
  ] as const) {
    it(`sends the InstanceId ${sent ? "in every call" : "in no call but the greeting"} to an agent of version ${version}`, async () => {
      await withTemporaryServer(async (server) => {
        setSetting(server.home, "Agent.InstanceId", " Blue ");
        await publishAt(server, "1", { "a.txt": "a", "b.txt": "b" }, 1_700_000_000_000);
        await using agent = await startFakeLegacyAgent(version);
        await sync(server, agent);
        const calls = [...agent.lists, ...agent.updates].map(({ instanceId }) => instanceId);
        assert.deepEqual(calls, [sent, sent, sent]);
        assert.equal(agent.greetings[0]?.instanceId, " Blue ");
      });
    });
  }

  it("cuts large files to the agent's limit and sends several files at a time", async () => {
    await withTemporaryServer(async (server) => {
      const large = randomBytes(3 * mebibyte + 17);
      const small = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `file ${index}`]));
      await publishAt(server, "1", { ...small, "large.bin": large, "same.bin": large }, 1_700_000_000_000);
      await using agent = await startFakeLegacyAgent(46, { maxDataBytes: 65_536 });
      const { promise: full, resolve } = Promise.withResolvers<void>();
      agent.behaviour.afterUpdate = (count) => {
        if (count >= 8) resolve();
        return full; // nothing is answered before eight files are under way
      };
      await sync(server, agent);
      const tree = agent.trees.get("");
      assert.ok(tree?.get("1 One large.bin")?.content.equals(large));
      assert.ok(tree?.get("1 One same.bin")?.content.equals(large));
      assert.equal(tree?.size, 42);
      assert.equal(agent.mostAtOnce, 8);
    });
  });

  it("lists again after a broken connection and sends only what is left", async () => {
    await withTemporaryServer(async (server) => {
      const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}.txt`, `file ${index}`]));
      await publishAt(server, "1", files, 1_700_000_000_000);
      await using agent = await startFakeLegacyAgent(46);
      await using relay = await startCuttableRelay(agent.port);
      agent.behaviour.afterUpdate = (count) => {
        if (count === 20) relay.cut();
      };
      await syncAgent(agentAt(relay.port), server.task());
      assert.equal(agent.lists.length, 2);
      assert.equal(agent.trees.get("")?.size, 30);
      const paths = agent.updates.map(({ path }) => path);
      assert.ok(paths.length <= 30 + 8, `${paths.length} updates: at most those under way are repeated`);
    });
  });

  it("negotiates again once where its session is unknown, and repeats what is refused for now", async () => {
    await withTemporaryServer(async (server) => {
      await publishAt(server, "1", { "a.txt": "a" }, 1_700_000_000_000);
      const refusals = [
        fakeRefusal(ErrorCode.ERROR_CODE_SESSION_UNKNOWN),
        fakeRefusal(ErrorCode.ERROR_CODE_SYNC_IDLE, { retryable: true }),
      ];
      await using agent = await startFakeLegacyAgent(46, { refuseUpdate: (count) => refusals[count - 1] });
      await sync(server, agent);
      assert.equal(agent.greetings.length, 3);
      assert.equal(agent.updates.length, 3);
    });
  });

  it("shows a refusal, does not repeat it, and begins no further file", async () => {
    await withTemporaryServer(async (server) => {
      const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}.txt`, `file ${index}`]));
      await publishAt(server, "1", files, 1_700_000_000_000);
      const words = { message: "No such name here.", remedy: "Rename it.", clause: "LEG-023" };
      await using agent = await startFakeLegacyAgent(46, {
        refuseUpdate: () => fakeRefusal(ErrorCode.ERROR_CODE_PATH_REFUSED, words),
      });
      await assert.rejects(sync(server, agent), {
        message: "The agent refused (PATH_REFUSED): No such name here.",
        remedy: "Rename it.",
        exitCode: ExitCode.refusedByAgent,
      });
      assert.ok(agent.updates.length <= 8);
      assert.equal(agent.lists.length, 1);
    });
  });

  it("stops before a wrong byte where a pack is damaged", async () => {
    await withTemporaryServer(async (server) => {
      await publishAt(server, "1", { "a.bin": randomBytes(100_000) }, 1_700_000_000_000);
      const [one] = server.task().wanted.packages;
      await truncate(join(server.home.packsDirectory, one?.pack ?? ""), 10);
      await using agent = await startFakeLegacyAgent(46);
      await assert.rejects(sync(server, agent), { exitCode: ExitCode.homeDamaged, remedy: /Publish it again/ });
      assert.deepEqual(agent.pieces, []);
    });
  });

  it("leaves a file without its last piece where the content is not what was published", async () => {
    await withTemporaryServer(async (server) => {
      await publishAt(server, "1", { "a.txt": "aaaa", "b.txt": "bbbb" }, 1_700_000_000_000);
      const frames = server.home.database.prepare("SELECT segments FROM frames").get();
      const segments = Buffer.from(frames?.segments as Uint8Array);
      const swapped = Buffer.concat([segments.subarray(44), segments.subarray(0, 44)]);
      server.home.database.prepare("UPDATE frames SET segments = ?").run(swapped);
      await using agent = await startFakeLegacyAgent(46);
      await assert.rejects(sync(server, agent), { exitCode: ExitCode.homeDamaged, message: /is not what it was/ });
      assert.deepEqual(contentsOf(agent), {});
    });
  });

  it("takes no answer for good that comes before the content", async () => {
    await withTemporaryServer(async (server) => {
      await publishAt(server, "1", { "large.bin": randomBytes(8 * mebibyte) }, 1_700_000_000_000);
      await using agent = await startFakeLegacyAgent(46, { answersEarly: true });
      await assert.rejects(sync(server, agent), { exitCode: ExitCode.syncBrokeOff, clause: "LEG-022" });
    });
  });

  it("gives up when it is interrupted", async () => {
    await withTemporaryServer(async (server) => {
      await publishAt(server, "1", { "a.txt": "a" }, 1_700_000_000_000);
      const controller = new AbortController();
      const reason = new Error("interrupted");
      const never = new Promise<void>(() => {});
      await using agent = await startFakeLegacyAgent(46, {
        afterUpdate() {
          controller.abort(reason);
          return never;
        },
      });
      const task = { ...server.task(), signal: controller.signal };
      await assert.rejects(syncAgent(agentAt(agent.port), task), reason);
    });
  });
});
