import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerCase } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { agentThatPausesAmidNeed } from "../../src/mallory/agent/pauses.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import type { MaterialPackage } from "../../src/material/release.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { extensionOf } from "../../src/material/shell-host.ts";
import type { AgentPeer } from "../../src/peers/agent-peer.ts";
import { expectSuccess, expectSynced } from "./expect-step.ts";
import { addWords, ordinaryPackages, readyServer, requireDone } from "./ready-server.ts";

/** Cases about what a server names and sends. */
export const syncCases: readonly ServerCase[] = [
  {
    id: "server-syncs",
    clauses: ["SYNC-003", "SYNC-030", "SYNC-037", "SYNC-040", "SYNC-047"],
    title:
      "A server sends a canonical manifest and everything an empty agent lacks, in order, and ends its side after Commit",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent);

      expectSynced(await server.sync(), agent);
      // The step can be over before the stream is, and one that stays open is held against the server only after a while.
      await agent.until(
        ({ syncs, violations }) => violations.length > 0 || syncs.every(({ over }) => over),
        context.scaledMs(10_000),
      );
      agent.requireFaithful();
    },
  },
  {
    id: "server-names-what-it-has-loaded",
    clauses: ["SYNC-004", "SYNC-003"],
    title: "A server names exactly the packages it has loaded, with every file of each, in canonical order",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const packages = [
        ...ordinaryPackages,
        extensionOf(
          "archive",
          { "deep/er/est/file.txt": "deep", ".hidden": "hidden", "UPPER.TXT": "upper" },
          "0.1.0-rc+7",
        ),
        extensionOf("Zebra", { empty: "", "naïve/ünïcode 文.txt": "text", "a-b": "1", "a/b": "2", "a.b": "3" }),
        // Their UTF-16 units stand the other way round than their bytes.
        extensionOf("order", { "ｆ.txt": "three bytes", "🚢.txt": "four bytes" }),
      ];
      const server = await readyServer(context, agent, { packages });

      expectSynced(await server.sync(), agent);
      expectNamed(agent, packages);
    },
  },
  {
    id: "server-names-only-what-is-still-loaded",
    clauses: ["SYNC-004"],
    title: "A server no longer names a package that was removed, and names one that was added",
    twin: "server-names-what-it-has-loaded",
    async run(context) {
      const agent = await context.agent();
      const added = extensionOf("Later", { "later.txt": "later" });
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);

      requireDone(await server.step("packages", "remove", "extension", "Files", "1.4.0"));
      requireDone(await server.addPackage(added));
      expectSuccess(await server.sync(), "the sync after the change");

      agent.requireFaithful();
      expectNamed(agent, [...ordinaryPackages.filter(({ name }) => name !== "Files"), added]);
    },
  },
  {
    id: "server-sends-shared-content-once",
    clauses: ["SYNC-040"],
    title: "A server sends a content once though it stands in two packages and at several paths",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const shared = randomBytesFrom(context.random, 50_000);
      const packages = [
        extensionOf("One", { "a.bin": shared, "b/c.bin": shared, own: "one" }),
        extensionOf("Two", { "z.bin": shared, own: "two" }),
      ];
      const server = await readyServer(context, agent, { packages });

      expectSynced(await server.sync(), agent);
      expectEqual(sentBytes(agent), shared.length + 6, { code: "content-doubled", what: "content bytes sent" });
    },
  },
  {
    id: "server-sends-only-what-is-missing",
    clauses: ["SYNC-040"],
    title: "A server sends the contents an agent lacks and none of those it holds",
    twin: "server-syncs",
    async run(context) {
      const held = randomBytesFrom(context.random, 30_000);
      const agent = await context.agent({ holds: [held] });
      const packages = [extensionOf("Mixed", { "held.bin": held, "lacking.txt": "lacking", zero: "" })];
      const server = await readyServer(context, agent, { packages });

      expectSynced(await server.sync(), agent);
      expectEqual(sentBytes(agent), "lacking".length, { code: "wrong-content", what: "content bytes sent" });
    },
  },
  {
    id: "server-sends-only-the-change",
    clauses: ["SYNC-040"],
    title: "A server that syncs after one file has changed sends this one file",
    twin: "server-sends-only-what-is-missing",
    async run(context) {
      const agent = await context.agent();
      const large = randomBytesFrom(context.random, 200_000);
      const packages = [extensionOf("App", { "large.bin": large, "setting.txt": "one" }, "1.0.0")];
      const server = await readyServer(context, agent, { packages });
      expectSynced(await server.sync(), agent);
      const before = sentBytes(agent);

      requireDone(await server.step("packages", "remove", "extension", "App", "1.0.0"));
      requireDone(await server.addPackage(extensionOf("App", { "large.bin": large, "setting.txt": "three" }, "1.0.1")));
      expectSuccess(await server.sync(), "the sync of the change");

      agent.requireFaithful();
      expectEqual(sentBytes(agent) - before, "three".length, { code: "wrong-content", what: "content bytes sent" });
    },
  },
  {
    id: "server-syncs-real-packages",
    clauses: ["SYNC-004", "SYNC-040", "SYNC-047"],
    title: "A server publishes real packages, sends them whole, and of an upgrade only the contents that changed",
    twin: "server-sends-only-the-change",
    async run(context) {
      const { before, after } = await context.realPackages();
      const agent = await context.agent();
      const server = await readyServer(context, agent, { packages: before });
      expectSynced(await server.sync(), agent);
      expectNamed(agent, before);
      const sentBefore = sentBytes(agent);

      const left = before.filter((item) => !after.includes(item));
      const come = after.filter((item) => !before.includes(item));
      for (const { kind, name, version } of left)
        requireDone(await server.step("packages", "remove", kind, name, version));
      for (const item of come) requireDone(await server.addPackage(item));
      expectSuccess(await server.sync(), "the sync of the upgrade");

      agent.requireFaithful();
      expectNamed(agent, after);
      const held = contentsOf(before);
      const changedBytes = [...contentsOf(after)]
        .filter(([digest]) => !held.has(digest))
        .reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0);
      expectEqual(sentBytes(agent) - sentBefore, changedBytes, { code: "wrong-content", what: "content bytes sent" });
    },
  },
  {
    id: "server-sends-contents-whole-and-in-turn",
    clauses: ["SYNC-040", "SYNC-047"],
    title:
      "A server sends large and small contents each whole before the next begins, with the bytes their digests name",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({ limits: { maxDataBytes: 65_536 } });
      const small = Array.from({ length: 300 }, (_, index): [string, string] => [
        `small/${index}.txt`,
        `content ${index}`,
      ]);
      const large = [1, 2, 3].map((index): [string, Uint8Array] => [
        `large/${index}.bin`,
        randomBytesFrom(context.random, 65_536 * index + index),
      ]);
      const files: Record<string, string | Uint8Array> = { ...Object.fromEntries(small), ...Object.fromEntries(large) };
      const server = await readyServer(context, agent, { packages: [extensionOf("Many", files)] });

      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-sends-compressible-content-true",
    clauses: ["SYNC-047"],
    title: "A server that may compress sends content that decodes to the bytes its digest names",
    features: ["zstd@1"],
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({ limits: { maxDataBytes: 65_536 } });
      const files = {
        "even.txt": "the same line\n".repeat(20_000),
        "odd.bin": randomBytesFrom(context.random, 70_000),
      };
      const server = await readyServer(context, agent, { packages: [extensionOf("Text", files)] });

      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-waits-for-the-complete-need",
    clauses: ["SYNC-037"],
    title: "A server sends nothing between a first Need and the one marked complete",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent(agentThatPausesAmidNeed(context.scaledMs(400)));
      const server = await readyServer(context, agent);

      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-sends-what-the-digest-names-after-a-change",
    clauses: ["SYNC-047"],
    title: "A server whose package directory changes after publishing never sends bytes of another digest",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent, { packages: [] });
      const item = extensionOf("Drift", { "stays.txt": "stays", "changes.txt": "before", "goes.txt": "goes" });
      const directory = await server.writePackage(item);
      requireDone(await server.step(...addWords(directory, item)));
      await writeFile(join(directory, "changes.txt"), "after!");
      await rm(join(directory, "goes.txt"));

      const result = await server.sync();

      agent.requireFaithful();
      if (result.exitCode === 0) expectSynced(result, agent);
    },
  },
];

function sentBytes(agent: AgentPeer): number {
  return agent.seen.syncs.flatMap((sync) => sync.data).reduce((sum, data) => sum + data.rawSizeBytes, 0);
}

/** The size of every content of these packages, by digest. */
function contentsOf(packages: readonly MaterialPackage[]): ReadonlyMap<string, number> {
  const files = packages.flatMap((item) => item.files);
  return new Map(files.map(({ content }) => [sha256(content).toString("hex"), content.length]));
}

/** Expects the manifest committed last to name these packages and no other, with every file. */
function expectNamed(agent: AgentPeer, packages: readonly MaterialPackage[]): void {
  const named = (agent.committed.at(-1)?.packages ?? []).flatMap((item) => [
    `${item.kind} ${item.name} ${item.version}`,
    ...item.files.map((file) => `${item.name}: ${file.digest} ${file.sizeBytes} ${file.path}`),
  ]);
  const loaded = packages.flatMap((item) => [
    `${item.kind} ${item.name} ${item.version}`,
    ...item.files.map(
      ({ path, content }) => `${item.name}: ${sha256(content).toString("hex")} ${content.length} ${path}`,
    ),
  ]);
  const absent = loaded.filter((line) => !named.includes(line));
  const extra = named.filter((line) => !loaded.includes(line));
  expectThat(absent.length + extra.length === 0, `absent: ${absent.join("; ")} – beyond: ${extra.join("; ")}`, {
    code: "packages-wrong",
    clause: "SYNC-004",
    what: "a manifest of exactly the packages loaded",
  });
}
