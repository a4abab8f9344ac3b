import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import {
  expectContent,
  expectHostVersion,
  expectTree,
  inEachLegacyDialect,
  legacyBerth,
  treeFile,
  treeFilesOf,
} from "./legacy-berth.ts";

/** Cases of spec/legacy.md, "Files": what is put in its place. */
export const legacyUpdateInPlaceCases: readonly AgentCase[] = [
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
        const sums: string[] = [];
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
          sums.push(`${sha256(content).toString("hex")}  ./${file.path}`);
        }
        const { stdout } = await berth.run("checksums", ["large"]);
        const found = stdout.split("\n").filter(Boolean).toSorted();
        const what = { code: "content-wrong", clause: "LEG-021", what: "the SHA-256 of what arrived" };
        expectEqual(found, sums.toSorted(), what);
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
