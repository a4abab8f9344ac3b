import { HostEnd } from "@berth/proto/messages/sync/v44/host";
import { within } from "../../src/attach/within.ts";
import type { AgentCase } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { extensionOf, hostOf, shellHost } from "../../src/material/shell-host.ts";
import { expectHostEnd, expectHostVersion, inEachLegacyDialect, legacyBerth } from "./legacy-berth.ts";
import { withHost } from "./with-host.ts";

/** Cases of spec/legacy.md, "Operations": from which files one runs, and beside which others. */
export const legacyOperationsCases: readonly AgentCase[] = [
  {
    id: "legacy-operation-runs",
    clauses: ["LEG-040", "LEG-042", "LEG-045"],
    title: "An operation runs by its name with its arguments, and ends with its exit code",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        const args = ["a b", "", "$HOME", "é", "--x=1\n2"];
        const run = await berth.run("name-and-arguments", args);
        expectHostEnd(run, HostEnd.HOST_END_EXITED, "LEG-045");
        const expected = ["name-and-arguments", ...args].map((text) => `[${text}]`).join("");
        expectEqual(run.stdout, expected, { code: "arguments-changed", clause: "LEG-044", what: "name and arguments" });
      });
    },
  },
  {
    id: "legacy-operation-runs-what-the-tree-holds",
    clauses: ["LEG-040"],
    title: "Every operation runs from the files that the tree holds when its host is started, whoever put them there",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const first = await legacyBerth(context, { dialect, peer: { from: "127.0.0.2" } });
        const second = await legacyBerth(context, { dialect, peer: { from: "127.0.0.3" } });
        for (const version of ["1", "2", "1"]) {
          await first.put(shellHost(version));
          for (const berth of [first, second]) await expectHostVersion(berth, version, "LEG-040");
        }
        const file = (text: string) => extensionOf("notes", { "note.txt": text });
        for (const text of ["one", "two"]) {
          await second.put(file(text));
          const { stdout } = await first.run("show", ["notes", "note.txt"]);
          expectEqual(stdout, text, { code: "wrong-tree", clause: "LEG-040", what: "an extension's file" });
        }
      });
    },
  },
  {
    id: "legacy-operation-without-a-host",
    clauses: ["LEG-041"],
    title: "An operation whose host or entry is not in the tree, or is no executable file of it, is refused",
    dialects: [1, 44],
    twin: "legacy-operation-runs",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        const { peer, session, instanceId } = berth;
        const expected = { code: "NO_HOST", clause: "LEG-041" } as const;
        const empty = await peer.legacy.run(session, { instanceId });
        expectRefusal(empty, "an operation in an empty tree", expected);
        await berth.put(shellHost(), {
          kind: "extension",
          name: "tools",
          version: "1",
          files: [{ path: "bin/host", content: Buffer.from("#!/bin/sh\n"), exec: true }],
        });
        await berth.put({ ...hostOf("#!/bin/sh\n"), files: [{ path: "plain", content: Buffer.from("#!/bin/sh\n") }] });
        for (const [host, entry] of [
          ["other-host", "bin/host"],
          ["tools", "bin/host"],
          ["", "bin/host"],
          ["..", "bin/host"],
          ["suite-host", "bin/other"],
          ["suite-host", "bin"],
          ["suite-host", "plain"],
          ["suite-host", ""],
          ["suite-host", "../suite-host/bin/host"],
          ["suite-host", "/bin/sh"],
          ["suite-host", "../../../../../../../../bin/sh"],
        ] as const) {
          const run = await peer.legacy.run(session, { instanceId, host, entry });
          expectRefusal(run, `an operation of ${JSON.stringify(host)} by ${JSON.stringify(entry)}`, expected);
        }
        await berth.run("version");
      });
    },
  },
  {
    id: "legacy-operations-at-once",
    clauses: ["LEG-040", "OP-037"],
    title: "Operations of one tree run side by side, and one that dies or is cancelled disturbs no other",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        const waiting = await berth.begin("hold-polite", [], "ready");
        const doomed = await berth.begin("hold", [], "ready");
        expectHostEnd(await berth.run("die"), HostEnd.HOST_END_HOST_DIED, "LEG-045");
        doomed.call.cancel();
        const pid = Number((await berth.run("leave-offspring")).stdout);
        expectThat(pid > 1, String(pid), { code: "output-wrong", clause: "LEG-042", what: "a process id" });
        const waits = waiting.readToEnd();
        const ended = await within(waits, context.scaledMs(500));
        expectThat(ended === undefined, "it has ended", {
          code: "neighbour-disturbed",
          clause: "OP-037",
          what: "the operation that waits to wait on",
        });
        waiting.call.cancel();
        await waits;
        expectHostEnd(await berth.run("exit", ["5"]), HostEnd.HOST_END_EXITED, "LEG-045", 5);
      });
    },
  },
];
