import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { AgentCase } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { HOSTILE_UPDATE_PATHS } from "../../src/mallory/server/hostile-paths.ts";
import { LONGEST_FOLDER } from "../../src/material/longest-folder.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import { expectUpdateRefused } from "./expect-update-refused.ts";
import { expectContent, expectTree, inEachLegacyDialect, legacyBerth, treeFile, treeFilesOf } from "./legacy-berth.ts";

/** Cases of spec/legacy.md, "Files": the paths that are taken and refused. */
export const legacyPathsCases: readonly AgentCase[] = [
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
          `${LONGEST_FOLDER.slice(0, -2)}/h`,
        ].map((path) => treeFile("paths", path, `content of ${path.slice(0, 40)}`));
        for (const file of files) await berth.putFile(file);
        for (const file of files) await expectContent(berth, file, "LEG-021");
        await expectTree(berth, [...treeFilesOf(shellHost()), ...files], "LEG-020");
      });
    },
  },
  ...Object.entries(HOSTILE_UPDATE_PATHS).map(
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
];
