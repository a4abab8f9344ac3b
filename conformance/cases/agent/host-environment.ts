import { access } from "node:fs/promises";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { eventually } from "../../src/expect/eventually.ts";
import { releaseOf } from "../../src/material/release.ts";
import { extensionOf, hostOf, shellHost } from "../../src/material/shell-host.ts";
import { standingInstance } from "./standing-instance.ts";

const handedOn = ["PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TEMP", "TMPDIR"];
const given = ["BERTH_EXTENSIONS", "BERTH_WORK", "BERTH_OPERATION_ID"];
/** What a POSIX shell sets by itself. */
const ofTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];

/** Cases of spec/operations.md, "What a host is given". */
export const hostEnvironmentCases: readonly AgentCase[] = [
  {
    id: "host-environment-holds-no-more",
    clauses: ["OP-053", "OP-051"],
    title: "The host's environment holds what the agent gives and hands on, and nothing else",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const { stdout } = await peer.run(session, "environment");
      const names = namesIn(stdout);
      const extra = names.filter((name) => ![...handedOn, ...given, ...ofTheShell].includes(name));
      expectEqual(extra, [], { code: "environment-leaked", clause: "OP-053", what: "further environment variables" });
      for (const name of given) {
        const what = `the environment variable ${name}`;
        expectThat(names.includes(name), "it is not set", { code: "environment-wrong", clause: "OP-051", what });
      }
    },
  },
  {
    id: "host-environment-keeps-secrets",
    clauses: ["OP-053"],
    title: "Variables of the agent's own environment do not reach the host, whatever their names",
    abilities: ["launch"],
    twin: "host-environment-holds-no-more",
    async run(context) {
      const secret = `secret-${context.random()}`;
      const names = [
        "BERTH_SUITE_SECRET",
        "AWS_SECRET_ACCESS_KEY",
        "HTTPS_PROXY",
        "BERTH_TOKEN",
        "Path_Secret",
        "LANGUAGE",
      ];
      const environment = Object.fromEntries(names.map((name) => [name, secret]));
      const target = await context.agent.launch({ environment });
      context.onEnd(() => target.stop());
      const { peer, session } = await standingInstance(context, { peer: { target } });
      const { stdout } = await peer.run(session, "environment");
      const leaked = stdout
        .split("\n")
        .filter((line) => line.includes(secret))
        .map((line) => line.split("=")[0]);
      expectEqual(leaked, [], {
        code: "environment-leaked",
        clause: "OP-053",
        what: "the agent's variables in the host",
      });
    },
  },
  {
    id: "host-variables",
    clauses: ["OP-051", "OP-053"],
    title: "BERTH_WORK, TEMP and TMPDIR are the work directory, BERTH_OPERATION_ID the operation's id",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const { stdout, operationId } = await peer.run(session, "environment");
      const values = Object.fromEntries(stdout.split("\n").map((line) => line.split(/=(.*)/s) as [string, string]));
      const what = (name: string) => ({ code: "environment-wrong", clause: "OP-051", what: name });
      expectEqual(values.BERTH_OPERATION_ID?.toLowerCase(), operationId, what("BERTH_OPERATION_ID"));
      expectThat(
        (values.BERTH_WORK ?? "").startsWith("/"),
        String(values.BERTH_WORK),
        what("BERTH_WORK is an absolute path"),
      );
      for (const name of ["TEMP", "TMPDIR"]) {
        const value = values[name] ?? values.BERTH_WORK;
        expectEqual(value, values.BERTH_WORK, { code: "environment-wrong", clause: "OP-053", what: name });
      }
    },
  },
  {
    id: "host-extensions-directory",
    clauses: ["OP-051", "SYNC-054"],
    title: "BERTH_EXTENSIONS holds one directory for each extension, named as its package, with exactly its files",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const release = releaseOf(
        shellHost(),
        extensionOf("Files", { "lib/hello.txt": "hello" }),
        extensionOf("b.c-d_e", { x: "" }),
      );
      await peer.sync(session, release);
      const { stdout } = await peer.run(session, "list");
      const what = { code: "files-wrong", clause: "OP-051", what: "the files below BERTH_EXTENSIONS" };
      expectEqual(stdout, "./Files/lib/hello.txt\n./b.c-d_e/x\n", what);
      await peer.sync(session, releaseOf(shellHost()));
      const none = await peer.run(session, "list");
      expectEqual(none.stdout, "", { ...what, what: "the files of a generation without extensions" });
    },
  },
  {
    id: "host-work-directory-is-empty",
    clauses: ["OP-052", "OP-051"],
    title: "The host starts in a work directory of its own that is empty, whatever the last operation left",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const directories = new Set<string>();
      for (let round = 0; round < 3; round += 1) {
        const { stdout } = await peer.run(session, "place");
        const [directory, named, ...entries] = stdout.split("\n").filter(Boolean);
        expectEqual(entries, [], {
          code: "work-directory-wrong",
          clause: "OP-052",
          what: "entries of the work directory",
        });
        expectEqual(named?.split("/").at(-1), directory?.split("/").at(-1), {
          code: "work-directory-wrong",
          clause: "OP-051",
          what: "BERTH_WORK",
        });
        directories.add(String(directory));
        await peer.run(session, "litter");
      }
      expectEqual(directories.size, 3, {
        code: "work-directory-shared",
        clause: "OP-052",
        what: "work directories of three operations",
      });
    },
  },
  {
    id: "host-work-directory-is-removed",
    clauses: ["OP-052"],
    title:
      "The work directory is removed at the end with all that the host left in it, after an exit, an abandon and a cancel",
    abilities: ["root"],
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const exited = (await peer.run(session, "litter")).stdout.trim();
      const abandoned = await peer.begin(session, "hold-litter");
      const cancelled = await peer.begin(session, "hold-litter");
      for (const { stdout } of [abandoned, cancelled]) await access(stdout.trim()); // so that it is there to be removed
      expectAnswered(await peer.abandon(session, abandoned.operationId), "an abandon", "OP-033");
      expectAnswered(await peer.cancel(session, cancelled.operationId), "a cancel", "OP-030");
      for (const directory of [exited, abandoned.stdout.trim(), cancelled.stdout.trim()]) {
        const finding = {
          code: "work-directory-left",
          clause: "OP-052",
          expected: "the work directory removed",
          actual: `${directory} is there`,
        };
        await eventually(
          () =>
            access(directory).then(
              () => undefined,
              () => true,
            ),
          context.scaledMs(5_000),
          finding,
        );
      }
    },
  },
  {
    id: "host-input-is-empty",
    clauses: ["OP-054"],
    title: "The host's standard input is empty and at its end",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const { stdout } = await peer.run(session, "input");
      expectEqual(stdout.trim(), "0", { code: "input-wrong", clause: "OP-054", what: "bytes of standard input" });
    },
  },
  {
    id: "host-by-its-entry",
    clauses: ["OP-050"],
    title:
      "The host is started by its declared entry, wherever in the package it stands, with a name that has spaces, and beside its own files",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const script = Buffer.from('#!/bin/sh\ncat "$(dirname "$0")/data.txt"\n');
      const files = [
        { path: "deep er/the entry", content: script, exec: true },
        { path: "deep er/data.txt", content: Buffer.from("found") },
        { path: "bin/host", content: Buffer.from("#!/bin/sh\nprintf wrong\n"), exec: true },
      ];
      await peer.sync(
        session,
        releaseOf({ kind: "host", name: "other-host", version: "1", entry: "deep er/the entry", files }),
      );
      const { stdout } = await peer.run(session, "anything");
      expectEqual(stdout, "found", { code: "entry-wrong", clause: "OP-050", what: "what the declared entry writes" });
    },
  },
  {
    id: "host-in-node",
    clauses: ["OP-050", "OP-053"],
    title: "A host that finds its interpreter by PATH runs, where the agent's PATH has it",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const script = "#!/usr/bin/env node\nprocess.stdout.write(JSON.stringify(process.argv.slice(2)));\n";
      await peer.sync(session, releaseOf(hostOf(script)));
      const run = await peer.run(session, "name", ["a b", ""]);
      if (run.status.exitCode === 127) context.notApplicable("there is no node in the agent's PATH");
      expectEqual(run.stdout, '["name","a b",""]', {
        code: "arguments-changed",
        clause: "OP-050",
        what: "name and arguments",
      });
    },
  },
];

/** Names of variables, from what `env` prints; lines that continue a value are left out. */
function namesIn(text: string): string[] {
  return text.split("\n").flatMap((line) => /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(line)?.[1] ?? []);
}
