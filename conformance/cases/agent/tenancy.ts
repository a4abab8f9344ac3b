import { readFile, stat } from "node:fs/promises";
import { relative } from "node:path";
import { plainFiles } from "../../src/attach/plain-files.ts";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { type Release, releaseOf } from "../../src/material/release.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import { dataFrames } from "../../src/peers/server-peer/data-frames.ts";
import { expectVersion, releaseNamed, standingInstance } from "./standing-instance.ts";
import { endOf } from "./sync.ts";

/** Cases of spec/instancing.md, "Separation", and of what instances do at the same time. */
export const tenancyCases: readonly AgentCase[] = [
  {
    id: "neighbour-shortens-nothing",
    clauses: ["INST-045", "SYNC-036"],
    title: "What one instance holds, whole or in part, does not shorten what another has to send",
    async run(context) {
      const release = releaseOf(
        shellHost(),
        extensionOf("big", { a: randomBytesFrom(context.random, 200_000), b: "b" }),
      );
      const first = await context.connect();
      const firstSession = await first.session({ instanceId: "first" });
      await first.sync(firstSession, release);

      const others = [
        await (await context.connect()).session({ instanceId: "second" }),
        await (await context.connect()).session(),
      ];
      for (const session of others) {
        const report = await first.sync(session, release);
        const all = [...release.contents.keys()];
        const what = "all contents missing in an instance that holds none of them";
        expectEqual(report.lacking.missing, all, { code: "neighbour-revealed", clause: "INST-045", what });
        expectEqual(report.lacking.held.size, 0, { code: "neighbour-revealed", clause: "INST-045", what: "partials" });
      }
    },
  },
  {
    id: "neighbour-partial-shortens-nothing",
    clauses: ["INST-045", "SYNC-060"],
    title: "A content that one instance holds in part is missing from its beginning in another",
    async run(context) {
      const release = releaseOf(shellHost(), extensionOf("big", { a: randomBytesFrom(context.random, 300_000) }));
      const peer = await context.connect();
      const open = await peer.offerAccepted(await peer.session({ instanceId: "first" }), release);
      const frames = [...dataFrames(release, open.lacking, { dataBytes: 65_536, codec: 1 })];
      for (const data of frames.slice(0, 3)) await open.stream.send({ $case: "data", value: data });
      open.stream.end();
      await endOf(open.stream); // so that all of it has arrived
      const { lacking } = await peer.sync(await peer.session({ instanceId: "second" }), release);
      const what = { code: "neighbour-revealed", clause: "INST-045", what: "partials in another instance" };
      expectEqual(lacking.held.size, 0, what);
    },
  },
  {
    id: "operations-of-a-neighbour-are-unknown",
    clauses: ["INST-046", "OP-026", "ERR-010"],
    title: "An operation of another instance cannot be read, cancelled or abandoned, and goes on untouched",
    twin: "operation-cancelled",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const holding = await peer.begin(session, "hold");
      const neighbour = await standingInstance(context, { request: { instanceId: "neighbour" } });
      const id = holding.operationId;
      const expected = { code: "OPERATION_UNKNOWN", clause: "INST-046" } as const;
      expectRefusal(await neighbour.peer.read(neighbour.session, id), "a read of a neighbour's operation", expected);
      expectRefusal(
        await neighbour.peer.cancel(neighbour.session, id),
        "a cancel of a neighbour's operation",
        expected,
      );
      expectRefusal(await neighbour.peer.abandon(neighbour.session, id), "an abandon of a neighbour's", expected);
      const still = expectAnswered(await peer.read(session, id), "a read of the untouched operation");
      expectEqual(still.status.state, 1, {
        code: "neighbour-touched",
        clause: "INST-046",
        what: "the state (1 is RUNNING)",
      });
      await peer.abandon(session, id);
    },
  },
  {
    id: "operation-ids-belong-to-their-instance",
    clauses: ["INST-046", "OP-010", "OP-011"],
    title: "One operation id in two instances is two operations",
    async run(context) {
      const one = await standingInstance(context, { request: { instanceId: "one" } });
      const two = await standingInstance(context, { request: { instanceId: "two" } });
      const operationId = (await one.peer.run(one.session, "text", ["first"])).operationId;
      const request = { operationId, name: "text", arguments: ["second"], waitMs: 5_000n };
      expectAnswered(
        await two.peer.start(two.session, request),
        "a start under an id that a neighbour used",
        "INST-046",
      );
      const run = await two.peer.readToEnd(two.session, operationId);
      expectEqual(run.stdout, "second", { code: "neighbour-revealed", clause: "INST-046", what: "its own output" });
    },
  },
  {
    id: "instances-share-no-file",
    clauses: ["INST-047"],
    title:
      "No file of the disk belongs to two instances that hold the same contents, whole packages and programs among them",
    abilities: ["root"],
    async run(context) {
      const { root } = context.agent;
      const version = `shared-${uuidFrom(context.random)}`; // so that no other case has this host
      const tool = Buffer.from(`#!/bin/sh\n# ${version}\n`);
      const release = releaseOf(
        shellHost(version),
        extensionOf("big", { a: randomBytesFrom(context.random, 70_001), b: randomBytesFrom(context.random, 501) }),
        { kind: "extension", name: "tools", version: "1", files: [{ path: "tool", content: tool, exec: true }] },
      );
      const peer = await context.connect();
      await peer.sync(await peer.session({ instanceId: "one" }), release);
      const first = await copiesOf(root, release);
      await peer.sync(await peer.session({ instanceId: "two" }), release);
      const both = await copiesOf(root, release);
      for (const [digest, files] of first) {
        const after = both.get(digest) ?? new Map<string, string[]>();
        const linked = [...files].find(([file, paths]) => (after.get(file)?.length ?? 0) > paths.length);
        const what = "files of a second instance that are other files of the disk than those of the first";
        const place = (path: string) => relative(root, path);
        expectThat(
          linked === undefined,
          `one file at ${after
            .get(linked?.[0] ?? "")
            ?.map(place)
            .join(" and ")}`,
          {
            code: "file-shared",
            what,
          },
        );
        const own = [...after.keys()].filter((file) => !files.has(file));
        expectThat(own.length > 0, `only ${[...files.values()].flat().map(place).join(" and ")}, for both`, {
          code: "file-shared",
          what,
        });
      }
      if (first.size < release.contents.size) {
        context.observe(`the agent stores ${first.size} of ${release.contents.size} contents as plain files`);
      }
    },
  },
  {
    id: "syncs-of-two-instances-at-once",
    clauses: ["SYNC-058"],
    title: "A sync that is under way in one instance does not hold up a sync in another",
    async run(context) {
      const slow = await context.connect();
      const release = releaseNamed("1.0.0-slow");
      const slowSession = await slow.session({ instanceId: "slow" });
      const open = await slow.offerAccepted(slowSession, release);
      const quick = await standingInstance(context, { request: { instanceId: "quick" } });
      await quick.expectUnchanged();
      for (const data of dataFrames(release, open.lacking, { dataBytes: 65_536, codec: 1 })) {
        await open.stream.send({ $case: "data", value: data });
      }
      expectAnswered(await open.commit(), "the commit of the slow sync", "SYNC-058");
      await expectVersion(slow, slowSession, "1.0.0-slow");
    },
  },
  {
    id: "two-servers-behind-one-address",
    clauses: ["OP-002", "SYNC-056"],
    title: "Two servers that share one instance each run operations from the generation their own session confirmed",
    async run(context) {
      const old = await context.connect({ from: "127.0.0.2" });
      const recent = await context.connect({ from: "127.0.0.2" });
      const oldSession = await old.session();
      const recentSession = await recent.session();
      await old.sync(oldSession, releaseNamed("1.0.0"));
      await recent.sync(recentSession, releaseNamed("2.0.0"));
      for (let round = 0; round < 2; round += 1) {
        await expectVersion(old, oldSession, "1.0.0");
        await expectVersion(recent, recentSession, "2.0.0");
      }
      await old.sync(oldSession, releaseNamed("3.0.0"));
      await expectVersion(recent, recentSession, "2.0.0");
      await expectVersion(old, oldSession, "3.0.0");
    },
  },
];

/** The plain files below a directory that hold a content of the release: by digest, then by the file of the disk, its paths. */
async function copiesOf(root: string, release: Release): Promise<Map<string, Map<string, string[]>>> {
  const copies = new Map<string, Map<string, string[]>>();
  const sizes = new Set([...release.contents.values()].map(({ length }) => length));
  for (const path of await plainFiles(root)) {
    const facts = await stat(path).catch(() => undefined); // the agent goes on working on its disk meanwhile
    if (!facts || !sizes.has(facts.size)) continue;
    const bytes = await readFile(path).catch(() => undefined);
    const digest = bytes && sha256(bytes).toString("hex");
    if (digest === undefined || !release.contents.has(digest)) continue;
    const files = copies.get(digest) ?? new Map<string, string[]>();
    const file = `${facts.dev}:${facts.ino}`;
    copies.set(digest, files.set(file, [...(files.get(file) ?? []), path]));
  }
  return copies;
}
