import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { contentsBelow } from "../../src/attach/plain-files.ts";
import type { AgentCase } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { addFileBeside, CONTENT_DAMAGES, cutShort, removeFromDisk } from "../../src/mallory/disk/damage.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { type Release, releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { expectFiles } from "./expect-files.ts";
import { expectVersion, releaseNamed, standingInstance } from "./standing-instance.ts";

/** Cases of what the disk did to an agent while it was away: spec/handshake.md, HS-025, and spec/sync.md, SYNC-054 and SYNC-055. */
export const damageCases: readonly AgentCase[] = [
  {
    id: "damaged-content-is-not-trusted",
    clauses: ["HS-025", "HS-024"],
    title:
      "A content that was changed on the disk while the agent was away makes its generation absent, and a sync mends it",
    abilities: ["launch", "kill", "root"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const peer = await context.connect({ target });
      const victims = Object.entries(CONTENT_DAMAGES).map(([what, damage], index) => {
        const bytes = randomBytesFrom(context.random, 5_003);
        const release = releaseOf(shellHost(), extensionOf("damage", { "file.bin": bytes, other: "other" }));
        return { what, damage, bytes, release, instanceId: `damage-${index}` };
      });
      for (const { instanceId, release } of victims) await peer.sync(await peer.session({ instanceId }), release);
      await target.kill();
      const files = [...(await contentsBelow(target.root))];
      for (const { damage, bytes } of victims) {
        const copies = files.filter(([, content]) => content.equals(bytes));
        if (copies.length === 0) context.notApplicable("the agent does not store contents as plain files");
        for (const [path] of copies) await damage(path);
      }
      await target.start();
      const again = await context.connect({ target });
      for (const { what, release, instanceId } of victims) {
        const session = await again.session({ instanceId, wantedManifestDigest: release.digest });
        const presence = `generation_present of a generation with ${what}`;
        expectEqual(session.generationPresent, false, { code: "damage-trusted", clause: "HS-025", what: presence });
        await again.sync(session, release);
        await expectFiles(again, session, release, "damage");
      }
    },
  },
  {
    id: "added-files-are-not-trusted",
    clauses: ["SYNC-054", "HS-024"],
    title: "A file that was added on the disk while the agent was away is in no generation that a session confirms",
    abilities: ["launch", "kill", "root"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const peer = await context.connect({ target });
      const bytes = randomBytesFrom(context.random, 5_003);
      const release = releaseOf(shellHost(), extensionOf("grown", { "deep/file.bin": bytes }));
      await peer.sync(await peer.session(), release);
      await target.kill();
      const copies = [...(await contentsBelow(target.root))].filter(([, content]) => content.equals(bytes));
      if (copies.length === 0) context.notApplicable("the agent does not store contents as plain files");
      for (const [path] of copies) await addFileBeside(path);
      await target.start();
      const again = await context.connect({ target });
      const session = await again.session({ wantedManifestDigest: release.digest });
      context.observe(`the generation is ${session.generationPresent ? "present" : "absent"} after a file was added`);
      if (!session.generationPresent) await again.sync(session, release);
      await expectFiles(again, session, release, "grown", "SYNC-054");
    },
  },
  {
    id: "damaged-pointers-are-not-trusted",
    clauses: ["SYNC-055"],
    title:
      "A file of the agent's own that was emptied or cut short while it was away is never trusted: what runs is whole",
    abilities: ["launch", "kill", "root"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const intact = await standingInstance(context, { request: { instanceId: "intact" }, peer: { target } });
      const own = await bookkeeping(target.root, intact.session.instanceName, intact.release);
      if (own.length === 0) context.notApplicable("the agent keeps no files of its own below the name of an instance");
      const damaged: { instanceId: string; path: string; keep: number }[] = [];
      for (const [index, path] of own.entries()) {
        for (const keep of [0, 0.5]) {
          const instanceId = `damaged-${index}-${keep * 10}`;
          const { session } = await standingInstance(context, { request: { instanceId }, peer: { target } });
          damaged.push({ instanceId, keep, path: path.replace(intact.session.instanceName, session.instanceName) });
        }
      }
      await target.kill();
      let damagedFiles = 0;
      for (const { path, keep } of damaged) {
        if (!existsSync(path)) continue; // its name can differ from instance to instance
        await cutShort(path, keep);
        damagedFiles += 1;
      }
      if (damagedFiles === 0) context.notApplicable("the agent names its own files differently in every instance");
      await target.start();
      await intact.expectUnchanged();
      const peer = await context.connect({ target });
      for (const { instanceId, path } of damaged) {
        const greeted = await peer.negotiate({ instanceId, wantedManifestDigest: intact.release.digest });
        if (greeted.kind === "refused") {
          const what = `a greeting with ${basename(path)} damaged`;
          expectRefusal(greeted, what, { code: "STORAGE_FAILED", clause: "SYNC-055" });
          continue;
        }
        if (!greeted.value.generationPresent) await peer.sync(greeted.value, intact.release);
        await expectVersion(peer, greeted.value, "1.0.0-standing");
        await expectFiles(peer, greeted.value, intact.release, "notes");
      }
    },
  },
  {
    id: "dangling-pointers-are-not-trusted",
    clauses: ["SYNC-055", "HS-024"],
    title: "When all that belongs to a generation has gone from the disk while the agent was away, it is absent",
    abilities: ["launch", "kill", "root"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const { peer, session } = await standingInstance(context, { peer: { target } });
      const before = new Set(await readdir(target.root, { recursive: true }));
      const later = releaseNamed("2.0.0");
      await peer.sync(session, later);
      await target.kill();
      // What came with the second commit is its generation; what was there before, and changed with it, tells that it is current.
      const come = (await readdir(target.root, { recursive: true })).filter((path) => !before.has(path));
      if (come.length === 0) context.notApplicable("the agent does not store generations as files of their own");
      for (const path of come.filter((each) => before.has(dirname(each)) || dirname(each) === ".")) {
        await removeFromDisk(join(target.root, path));
      }
      await target.start();
      const again = await context.connect({ target });
      const greeted = await again.negotiate({ wantedManifestDigest: later.digest });
      if (greeted.kind === "refused") {
        expectRefusal(greeted, "a greeting for what is gone", { code: "STORAGE_FAILED", clause: "SYNC-055" });
        return;
      }
      const what = "generation_present of a generation that is gone from the disk";
      expectEqual(greeted.value.generationPresent, false, { code: "pointer-trusted", clause: "SYNC-055", what });
      await again.sync(greeted.value, later);
      await expectVersion(again, greeted.value, "2.0.0");
    },
  },
];

/** The agent's own small files of an instance: all that are not contents of the release. */
async function bookkeeping(root: string, instanceName: string, release: Release): Promise<string[]> {
  const contents = [...release.contents.values()].map((bytes) => Buffer.from(bytes));
  const files = [...(await contentsBelow(root))].filter(([path]) => path.includes(instanceName));
  const own = files.filter(([, bytes]) => bytes.length < 65_536 && !contents.some((content) => content.equals(bytes)));
  return own.map(([path]) => path);
}
