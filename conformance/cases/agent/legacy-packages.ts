import type { AgentCase } from "../../src/case.ts";
import { expectUpdateRefused } from "./expect-update-refused.ts";
import { expectTree, inEachLegacyDialect, legacyBerth, treeFile } from "./legacy-berth.ts";

/** Cases of spec/legacy.md, "Files": the packages that are taken and refused. */
export const legacyPackagesCases: readonly AgentCase[] = [
  {
    id: "legacy-packages-allowed",
    clauses: ["LEG-024", "LEG-021"],
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
];
