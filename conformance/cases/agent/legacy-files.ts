import type { AgentCase } from "../../src/case.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import {
  expectContent,
  expectHostVersion,
  expectTree,
  inEachLegacyDialect,
  legacyBerth,
  treeFile,
  treeFilesOf,
} from "./legacy-berth.ts";

/** Cases of spec/legacy.md, "Files": what is listed and kept. */
export const legacyFilesCases: readonly AgentCase[] = [
  {
    id: "legacy-list-names-every-file",
    clauses: ["LEG-020"],
    title:
      "ListFiles names every file of the tree with its package, its path and its time, and nothing in an empty tree",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        await expectTree(berth, [], "LEG-020");
        const files = [
          ...treeFilesOf(shellHost()),
          ...treeFilesOf(extensionOf("Files", { "lib/hello.txt": "hello", "read me.md": "# Files", empty: "" })),
          ...treeFilesOf(extensionOf("suite-host", { "bin/host": "of an extension with the host's name" })),
          ...Array.from({ length: 300 }, (_, index) => treeFile("many", `deep/er/${index}.txt`, String(index))),
        ];
        for (const file of files) await berth.putFile(file);
        await expectTree(berth, files, "LEG-020");
        const visitor = await legacyBerth(context, { dialect });
        await expectTree(visitor, files, "LEG-020");
      });
    },
  },
  {
    id: "legacy-times-are-given-back",
    clauses: ["LEG-020", "LEG-021"],
    title: "A file is listed with exactly the modification time it was given last, to the millisecond",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        const fileAt = (modifiedMs: bigint) => treeFile("times", "file.txt", `of ${modifiedMs}`, { modifiedMs });
        for (const modifiedMs of [
          0n,
          1n,
          999n,
          1_234_567_890_123n,
          1_700_000_000_001n,
          2_147_483_647_999n,
          2_147_483_648_000n,
          4_102_444_800_999n,
          5n,
        ]) {
          await berth.putFile(fileAt(modifiedMs));
          await expectTree(berth, [fileAt(modifiedMs)], "LEG-020");
        }
        // No clause says what becomes of a time that a file system does not take.
        for (const modifiedMs of [-1n, -86_400_001n, 253_402_300_799_999n, (1n << 63n) - 1n]) {
          const { instanceId } = berth;
          const update = await berth.peer.legacy.update(berth.session, fileAt(modifiedMs), { instanceId });
          context.observe(`a file of the time ${modifiedMs} is ${update.kind === "answered" ? "taken" : "refused"}`);
          const left = update.kind === "answered" ? modifiedMs : 5n;
          await expectTree(berth, [fileAt(left)], "LEG-020");
          await berth.putFile(fileAt(5n));
        }
      });
    },
  },
  {
    id: "legacy-times-outlast-a-restart",
    clauses: ["LEG-020", "LEG-021"],
    title: "Files and their times are what they were after a restart of the agent",
    dialects: [1, 44],
    abilities: ["launch", "restart"],
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      await inEachLegacyDialect(context, async (dialect) => {
        const files = [
          ...treeFilesOf(shellHost("kept")),
          treeFile("a", "b/c", "d", { modifiedMs: 1_234_567_890_123n }),
        ];
        const before = await legacyBerth(context, { dialect, peer: { target } });
        for (const file of files) await before.putFile(file);
        await target.restart();
        const after = await legacyBerth(context, { dialect, peer: { target } });
        await expectTree(after, files, "LEG-020");
        await expectHostVersion(after, "kept", "LEG-021");
      });
    },
  },
  {
    id: "legacy-files-are-never-removed",
    clauses: ["LEG-026"],
    title: "No file of the tree goes when others are updated, by the same server or by another",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const first = await legacyBerth(context, { dialect, peer: { from: "127.0.0.2" } });
        const kept = [
          ...treeFilesOf(shellHost("1")),
          ...treeFilesOf(extensionOf("app", { "old.txt": "old", "both.txt": "both", "lib/only-old.txt": "old" })),
          ...treeFilesOf(extensionOf("gone", { "x.txt": "x" })),
        ];
        for (const file of kept) await first.putFile(file);
        const second = await legacyBerth(context, { dialect, peer: { from: "127.0.0.3" } });
        await second.put(shellHost("2"), extensionOf("app", { "both.txt": "both, newer" }));
        await expectTree(second, kept, "LEG-026");
        await expectContent(second, treeFile("app", "lib/only-old.txt", "old"), "LEG-026");
        await expectContent(second, treeFile("gone", "x.txt", "x"), "LEG-026");
      });
    },
  },
];
