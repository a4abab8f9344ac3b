import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { sha256 } from "../../src/material/sha256.ts";
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

const longest = `${"d".repeat(255)}/${"e".repeat(255)}/${"f".repeat(255)}/${"g".repeat(255)}/`; // 1,024 bytes with its slashes

/** Paths by the clause that refuses them. */
const REFUSED_PATHS: Readonly<Record<string, readonly string[]>> = {
  "SYNC-010": ["", "/", "/a", "a/", "a//b", "/etc/passwd"],
  "SYNC-011": [".", "..", "../a", "a/../b", "a/..", "./a", "../../../../../../tmp/berth-escape"],
  "SYNC-012": ["a\0b", "a\nb", "a\x1fb", "a\x7fb", "a\u0085b", "a\\b", "..\\..\\a", "C:/a", "a:stream"],
  "SYNC-013": ["a.", "a ", "a./b", "a /b", "..."],
  "SYNC-014": ["n".repeat(256), `a/${"é".repeat(128)}`, `${longest}h`, `${"a/".repeat(600)}a`],
  "SYNC-016": ["cafe\u0301", "A\u030a", "\u212b", "dir/e\u0301/x"],
  "SYNC-017": [
    "CON",
    "con",
    "Prn.txt",
    "a/aux/b",
    "nul.tar.gz",
    "COM1",
    "lpt9.y",
    "com\u00b9",
    "CONIN$",
    "conout$.log",
  ],
};

/** Cases of spec/legacy.md, "Files": what is listed, put in place, kept and refused. */
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
    id: "legacy-update-in-place",
    clauses: ["LEG-021"],
    title: "An UpdateFile puts its content at its place, over what was there, whatever the size of either",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        await berth.put(shellHost());
        for (const [round, content] of ["first", "a longer second", "", "third", "third"].entries()) {
          const file = treeFile("notes", "deep/note.txt", content, { modifiedMs: BigInt(5 - round) });
          await berth.putFile(file);
          await expectContent(berth, file, "LEG-021");
          await expectTree(berth, [...treeFilesOf(shellHost()), file], "LEG-021");
        }
      });
    },
  },
  {
    id: "legacy-update-in-pieces",
    clauses: ["LEG-021", "HS-031"],
    title: "A large content arrives whole, in pieces of one byte, of odd sizes and of max_data_bytes exactly",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        await berth.put(shellHost());
        const most = Math.min(berth.session.limits?.maxDataBytes || 1 << 20, 2 << 20);
        for (const [sizeBytes, pieceBytes] of [
          [300, 1],
          [100_003, 997],
          [2 * most + 5, most],
        ] as const) {
          const content = randomBytesFrom(context.random, sizeBytes);
          const file = treeFile("large", `${sizeBytes}.bin`, content);
          const { instanceId } = berth;
          const update = await berth.peer.legacy.update(berth.session, file, { instanceId, pieceBytes });
          expectAnswered(update, `${sizeBytes} bytes in pieces of ${pieceBytes}`, "LEG-021");
        }
        const sums = await berth.run("checksums", ["large"]);
        const sizes = sums.stdout.split("\n").filter(Boolean).length;
        expectEqual(sizes, 3, { code: "content-wrong", clause: "LEG-021", what: "large files that arrived" });
        const last = randomBytesFrom(context.random, 100_000);
        await berth.putFile(treeFile("one", "file.bin", last));
        const { stdout } = await berth.run("checksums", ["one"]);
        const digest = sha256(last).toString("hex");
        expectEqual(stdout.slice(0, 64), digest, { code: "content-wrong", clause: "LEG-021", what: "its SHA-256" });
      });
    },
  },
  {
    id: "legacy-update-is-seen-by-what-runs",
    clauses: ["LEG-021"],
    title:
      "An operation that runs sees an update of an extension's file, and the host's own entry is updated while it runs",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        await berth.put(shellHost("1"));
        await berth.putFile(treeFile("notes", "note.txt", "before"));
        const { stdout: place } = await berth.run("environment");
        const extensions = /^BERTH_EXTENSIONS=(.*)$/m.exec(place)?.[1] ?? "";
        const gate = `${extensions}/gate/${dialect}`;
        const running = await berth.begin("hold-until-show", [gate, "notes", "note.txt"], "ready");
        await berth.putFile(treeFile("notes", "note.txt", "after "));
        await berth.put(shellHost("2"));
        await berth.putFile(treeFile("gate", String(dialect), "open"));
        const run = expectAnswered(await running.readToEnd(), "the operation", "LEG-021");
        const what = "what an operation that ran all the while reads after the update";
        expectEqual(run.stdout.startsWith("ready\nafter "), true, { code: "not-in-place", clause: "LEG-021", what });
        await expectHostVersion(berth, "2", "LEG-021");
      });
    },
  },
  {
    id: "legacy-paths-allowed",
    clauses: ["LEG-023", "LEG-021"],
    title: "Paths that only look dangerous are accepted, up to the bounds of length, and found where they were named",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        await berth.put(shellHost());
        const files = [
          "a",
          ".hidden/.x",
          "...a",
          "a..b/..c",
          " leading/ space",
          "-rf",
          "$HOME/`id`",
          "%2e%2e/x",
          "conx/com0/com10",
          "café/üß",
          "日本/\u{1f600}",
          "n".repeat(255),
          `${longest.slice(0, -2)}/h`,
        ].map((path) => treeFile("paths", path, `content of ${path.slice(0, 40)}`));
        for (const file of files) await berth.putFile(file);
        for (const file of files) await expectContent(berth, file, "LEG-021");
        await expectTree(berth, [...treeFilesOf(shellHost()), ...files], "LEG-020");
      });
    },
  },
  ...Object.entries(REFUSED_PATHS).map(
    ([clause, paths]): AgentCase => ({
      id: `legacy-path-refused-by-${clause.toLowerCase()}`,
      clauses: ["LEG-023", clause],
      title: `An UpdateFile with a path that ${clause} refuses is refused, and the tree stays as it was`,
      dialects: [1, 44],
      twin: "legacy-paths-allowed",
      async run(context) {
        await inEachLegacyDialect(context, async (dialect) => {
          const berth = await legacyBerth(context, { dialect });
          await berth.put(shellHost());
          for (const path of paths) {
            await expectUpdateRefused(berth, treeFile("paths", path, "x"), { code: "PATH_REFUSED", clause: "LEG-023" });
          }
          await expectTree(berth, treeFilesOf(shellHost()), "LEG-023");
        });
      },
    }),
  ),
  {
    id: "legacy-path-of-a-folder",
    clauses: ["LEG-023"],
    title: "A path that is a folder of the tree or lies below one of its files is refused",
    dialects: [1, 44],
    twin: "legacy-paths-allowed",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        const held = [treeFile("paths", "folder/deep/file", "x"), treeFile("paths", "plain", "y")];
        for (const file of held) await berth.putFile(file);
        for (const path of ["folder", "folder/deep", "folder/deep/file/below", "plain/below", "plain/far/below"]) {
          await expectUpdateRefused(berth, treeFile("paths", path, "z"), { code: "PATH_REFUSED", clause: "LEG-023" });
        }
        await berth.putFile(treeFile("other", "folder", "z"));
        await expectTree(berth, [...held, treeFile("other", "folder", "z")], "LEG-023");
      });
    },
  },
  {
    id: "legacy-paths-leave-the-root-alone",
    clauses: ["LEG-023", "SYNC-018"],
    title: "Nothing is written outside the agent's root, whatever path an UpdateFile has",
    dialects: [1, 44],
    abilities: ["root"],
    twin: "legacy-paths-allowed",
    async run(context) {
      const beside = async () => (await readdir(dirname(context.agent.root))).toSorted();
      const before = await beside();
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        for (let up = 1; up <= 8; up += 1) {
          const file = treeFile("paths", `${"../".repeat(up)}berth-escape`, "x");
          await expectUpdateRefused(berth, file, { code: "PATH_REFUSED", clause: "LEG-023" });
        }
      });
      const escaped = (await beside()).filter((name) => name.includes("berth-escape") && !before.includes(name));
      expectEqual(escaped, [], { code: "escaped", clause: "SYNC-018", what: "new files beside the agent's root" });
    },
  },
  {
    id: "legacy-packages-allowed",
    clauses: ["LEG-024"],
    title: "Packages of both kinds with any name that a manifest could hold are taken",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        const names = ["a", "0", "A.b_c-d", "x".repeat(100), "context", "com10", "a..b"];
        const files = names.flatMap((name) =>
          [1, 2].map((kind) => ({ ...treeFile(name, "file.txt", name), package: { kind: kind as 1 | 2, name } })),
        );
        for (const file of files) await berth.putFile(file);
        await expectTree(berth, files, "LEG-020");
      });
    },
  },
  {
    id: "legacy-packages-refused",
    clauses: ["LEG-024"],
    title: "A package without a kind, or with a name outside its rule, is refused",
    dialects: [1, 44],
    twin: "legacy-packages-allowed",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        const expected = { code: "MALFORMED_REQUEST", clause: "LEG-024" } as const;
        for (const name of [
          "",
          ".",
          "..",
          "../x",
          "a/b",
          "a\\b",
          ".a",
          "-a",
          "_a",
          "a.",
          "a b",
          "é",
          "CON",
          "nul.x",
          "x".repeat(101),
        ]) {
          await expectUpdateRefused(berth, treeFile(name, "file.txt", "x"), expected);
        }
        for (const kind of [0, 3, 99]) {
          const file = { ...treeFile("a", "file.txt", "x"), package: { kind: kind as 0, name: "a" } };
          await expectUpdateRefused(berth, file, expected);
        }
        const none = { ...treeFile("a", "file.txt", "x"), package: undefined as never };
        await expectUpdateRefused(berth, none, expected);
        await expectTree(berth, [], "LEG-024");
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
  {
    id: "legacy-executable-files",
    clauses: ["LEG-027"],
    title: "A file sent as executable can be executed, also where one that could not stood before",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        await berth.put(shellHost());
        const script = "#!/bin/sh\nprintf executed\n";
        await berth.putFile(treeFile("tools", "plain", "#!/bin/sh\nprintf no\n"));
        for (const path of ["tool", "plain"]) {
          await berth.putFile(treeFile("tools", path, script, { executable: true }));
          const { stdout } = await berth.run("run", ["tools", path]);
          const what = "what an executable file of an extension writes";
          expectEqual(stdout, "executed", { code: "not-executable", clause: "LEG-027", what });
        }
      });
    },
  },
];

async function expectUpdateRefused(
  berth: Awaited<ReturnType<typeof legacyBerth>>,
  file: ReturnType<typeof treeFile>,
  expected: { code: "PATH_REFUSED" | "MALFORMED_REQUEST"; clause: string },
): Promise<void> {
  const { instanceId } = berth;
  const result = await berth.peer.legacy.update(berth.session, file, { instanceId });
  const what = `an update of ${JSON.stringify(file.path.slice(0, 60))} of ${JSON.stringify(file.package)}`;
  // A path of an update stands in no manifest, so there is no line to name.
  const detailKeys = expected.code === "PATH_REFUSED" ? [] : undefined;
  expectRefusal(result, what, { ...expected, detailKeys });
}
