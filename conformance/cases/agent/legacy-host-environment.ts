import type { AgentCase } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { extensionOf } from "../../src/material/shell-host.ts";
import { withHost } from "./with-host.ts";

/** Cases of spec/legacy.md, "Operations": what a host is given. */
export const legacyHostEnvironmentCases: readonly AgentCase[] = [
  {
    id: "legacy-host-environment",
    clauses: ["LEG-044", "OP-051", "OP-053"],
    title: "The host's environment holds what the agent gives and hands on, and nothing else",
    dialects: [1, 44],
    async run(context) {
      const handedOn = ["PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TEMP", "TMPDIR"];
      const given = ["BERTH_EXTENSIONS", "BERTH_WORK", "BERTH_OPERATION_ID"];
      const ofTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];
      await withHost(context, async (berth) => {
        const values = variablesIn((await berth.run("environment")).stdout);
        const extra = Object.keys(values).filter((name) => ![...handedOn, ...given, ...ofTheShell].includes(name));
        const what = { code: "environment-wrong", clause: "LEG-044" };
        expectEqual(extra, [], { ...what, what: "further environment variables" });
        for (const name of given)
          expectThat(name in values, "it is not set", { ...what, what: `the variable ${name}` });
        const work = values.BERTH_WORK ?? "";
        expectThat(work.startsWith("/"), work, { ...what, what: "BERTH_WORK an absolute path" });
        for (const name of ["TEMP", "TMPDIR"]) {
          expectEqual(values[name] ?? work, work, { ...what, what: `${name}, where it is set` });
        }
        const again = variablesIn((await berth.run("environment")).stdout);
        const ids = new Set([values.BERTH_OPERATION_ID, again.BERTH_OPERATION_ID]);
        expectEqual(ids.size, 2, { ...what, what: "ids of two operations" });
      });
    },
  },
  {
    id: "legacy-host-extensions-directory",
    clauses: ["LEG-044", "OP-051"],
    title: "BERTH_EXTENSIONS holds one directory for each extension of the tree, named as its package, with its files",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        const what = { code: "files-wrong", clause: "LEG-044", what: "the files below BERTH_EXTENSIONS" };
        await berth.put(extensionOf("Files", { "lib/hello.txt": "hello" }), extensionOf("b.c-d_e", { x: "" }));
        const { stdout } = await berth.run("list");
        expectEqual(stdout, "./Files/lib/hello.txt\n./b.c-d_e/x\n", what);
      });
    },
  },
  {
    id: "legacy-host-work-directory",
    clauses: ["LEG-044", "OP-052", "OP-054"],
    title: "The host starts with no input in a work directory of its own that is empty, whatever the last one left",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        const what = { code: "work-directory-wrong", clause: "LEG-044" };
        const directories = new Set<string>();
        for (let round = 0; round < 2; round += 1) {
          const { stdout } = await berth.run("place");
          const [directory, , ...entries] = stdout.split("\n").filter(Boolean);
          expectEqual(entries, [], { ...what, what: "entries of the work directory" });
          directories.add(String(directory));
          await berth.run("litter");
        }
        expectEqual(directories.size, 2, { ...what, what: "work directories of two operations" });
        const { stdout } = await berth.run("input");
        expectEqual(stdout.trim(), "0", { ...what, code: "input-wrong", what: "bytes of standard input" });
      });
    },
  },
];

function variablesIn(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => /^[A-Za-z_][A-Za-z0-9_]*=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
