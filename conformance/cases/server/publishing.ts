import type { ServerCase } from "../../src/case.ts";
import { expectThat } from "../../src/expect/equal.ts";
import { extensionOf } from "../../src/material/shell-host.ts";
import { expectFailure, expectSynced, shows } from "./expect-step.ts";
import { outputOf, readyServer } from "./ready-server.ts";

/** A path that agents refuse, and how people speak of the rule it is against. */
interface HostilePath {
  readonly name: string;
  readonly clause: string;
  readonly files: readonly string[];
  /** What an output shows of the path; the path itself unless set. */
  readonly shown?: string;
  /** What an output that names the rule says. */
  readonly rule: RegExp;
}

// Only what a file system can hold: a path with `..` or an empty segment cannot stand in a directory.
const HOSTILE_PATHS: readonly HostilePath[] = [
  { name: "backslash", clause: "SYNC-012", files: ["lib\\evil.txt"], shown: "evil.txt", rule: /SYNC-012|backslash/i },
  { name: "colon", clause: "SYNC-012", files: ["evil.txt:stream"], rule: /SYNC-012|colon/i },
  { name: "line-feed", clause: "SYNC-012", files: ["two\nlines.txt"], shown: "lines.txt", rule: /SYNC-012|control/i },
  {
    name: "trailing-dot",
    clause: "SYNC-013",
    files: ["folder./file.txt"],
    rule: /SYNC-013|ends? (with|in) (a )?(dot|period)|dot or (a )?space/i,
  },
  {
    name: "trailing-space",
    clause: "SYNC-013",
    files: ["folder/file "],
    shown: "folder/file",
    rule: /SYNC-013|space/i,
  },
  {
    name: "long-path",
    clause: "SYNC-014",
    files: [`${"d".repeat(200)}/`.repeat(6).concat("f")],
    shown: "d".repeat(40),
    rule: /SYNC-014|1,?024|long/i,
  },
  { name: "case-clash", clause: "SYNC-015", files: ["Read.txt", "read.txt"], rule: /SYNC-015|case|fold/i },
  { name: "folder-clash", clause: "SYNC-015", files: ["Lib", "lib/file.txt"], rule: /SYNC-015|case|fold/i },
  { name: "decomposed", clause: "SYNC-016", files: ["cafe\u0301.txt"], rule: /SYNC-016|normali[sz]|form C|NFC/i },
  { name: "reserved-name", clause: "SYNC-017", files: ["lib/aux.txt"], rule: /SYNC-017|reserved|Windows/i },
];

/** Cases about what a server refuses to publish. */
export const publishingCases: readonly ServerCase[] = [
  {
    id: "server-publishes-unusual-paths",
    clauses: ["SYNC-019", "SYNC-004"],
    title: "A server publishes a package with unusual paths that agents take",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const paths = [
        "two words.txt",
        ".config",
        "auxiliary.txt",
        "a?b*c.txt",
        "con-fig/COM10",
        "ünïcode/文.txt",
        "..dots",
      ];
      const files = Object.fromEntries(paths.map((path) => [path, path]));
      const server = await readyServer(context, agent, { packages: [extensionOf("Unusual", files)] });

      expectSynced(await server.sync(), agent);
      const named = agent.committed.at(-1)?.packages[0]?.files.map((file) => file.path) ?? [];
      const absent = paths.filter((path) => !named.includes(path));
      expectThat(absent.length === 0, `absent: ${absent.join(", ")}`, {
        code: "path-lost",
        what: "every path to be named",
      });
    },
  },
  ...HOSTILE_PATHS.map(
    ({ name, clause, files, shown = files[0] ?? "", rule }): ServerCase => ({
      id: `server-refuses-path-${name}`,
      clauses: ["SYNC-019"],
      title: `A server refuses to publish a package with a path against ${clause} (${name}), naming the path and the rule`,
      twin: "server-publishes-unusual-paths",
      async run(context) {
        const agent = await context.agent();
        const server = await readyServer(context, agent);
        const item = extensionOf("Hostile", Object.fromEntries(files.map((path) => [path, "content"])));

        const result = await server.addPackage(item);

        expectFailure(result, "publishing");
        const namesPath = shows(result, shown) || files.some((path) => shows(result, path));
        expectThat(namesPath, outputOf(result), {
          code: "path-not-named",
          what: `the path ${JSON.stringify(shown)} to be named`,
        });
        expectThat(rule.test(outputOf(result)), outputOf(result), {
          code: "rule-not-named",
          what: "the rule to be named",
        });
        expectSynced(await server.sync(), agent);
        const published = agent.committed
          .flatMap((manifest) => manifest.packages)
          .some((each) => each.name === "Hostile");
        expectThat(!published, "the manifest names it", { code: "published", what: "the package not to be published" });
      },
    }),
  ),
];
