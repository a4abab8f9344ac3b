import { HostEnd, HostStream } from "@berth/proto/messages/sync/v44/host";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { eventually } from "../../src/expect/eventually.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { extensionOf, hostOf, shellHost } from "../../src/material/shell-host.ts";
import { startForwarder } from "../../src/network/forwarder.ts";
import type { ServerPeerOptions } from "../../src/peers/server-peer.ts";
import {
  expectHostEnd,
  expectHostVersion,
  inEachLegacyDialect,
  type LegacyBerth,
  legacyBerth,
} from "./legacy-berth.ts";
import { hostAndChild, isRunning, pidIn } from "./running-process.ts";

/** Cases of spec/legacy.md, "Operations". */
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
    id: "legacy-output-in-order",
    clauses: ["LEG-042"],
    title: "Output comes in the order it was written, each stream marked, byte for byte, and the end after all of it",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        const both = await berth.run("both");
        const marked = both.output.map(({ stream, data }) => [stream, Buffer.from(data).toString()]);
        const { HOST_STREAM_STDOUT: out, HOST_STREAM_STDERR: err } = HostStream;
        const what = { code: "output-wrong", clause: "LEG-042", what: "the output of both streams" };
        expectEqual(
          marked,
          [
            [out, "out-1"],
            [err, "err-1"],
            [out, "out-2"],
          ],
          what,
        );
        const binary = await berth.run("binary");
        const bytes = Buffer.concat(binary.output.map(({ data }) => data)).toString("hex");
        expectEqual(bytes, "0001fffe0d0a80", { ...what, what: "output that is no text" });
        const long = await berth.run("count", ["20000"]);
        const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join("");
        expectEqual(long.stdout.length, lines.length, { ...what, what: "the length of 20,000 lines" });
        expectEqual(long.stdout === lines, true, { ...what, what: "20,000 lines complete and in order" });
        const none = await berth.run("exit", ["0"]);
        expectEqual(none.output.length, 0, { ...what, what: "runs of output of a silent host" });
      });
    },
  },
  {
    id: "legacy-output-as-it-comes",
    clauses: ["LEG-042", "LEG-043"],
    title: "Output is sent while the host still runs",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => (await berth.begin("hold", [], "ready")).call.cancel());
    },
  },
  {
    id: "legacy-operation-ends",
    clauses: ["LEG-045"],
    title: "How an operation ended is told apart: exited with its code, died, not started",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        for (const code of [0, 1, 2, 126, 127, 255]) {
          const run = await berth.run("exit", [String(code)]);
          expectHostEnd(run, HostEnd.HOST_END_EXITED, "LEG-045", code);
        }
        expectHostEnd(await berth.run("die"), HostEnd.HOST_END_HOST_DIED, "LEG-045");
        await berth.put(hostOf("#!/no/such/interpreter\n"));
        expectHostEnd(await berth.run("version"), HostEnd.HOST_END_HOST_NOT_STARTED, "LEG-045");
        await berth.put(shellHost("again"));
        await expectHostVersion(berth, "again", "LEG-045");
      });
    },
  },
  {
    id: "legacy-operation-times-out",
    clauses: ["LEG-045"],
    title: "An operation that runs longer than timeout_ms is ended as timed out",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        const run = await berth.run("hold", [], { timeoutMs: 300n });
        expectHostEnd(run, HostEnd.HOST_END_TIMED_OUT, "LEG-045");
        expectEqual(run.stdout, "ready\n", { code: "output-wrong", clause: "LEG-042", what: "what it wrote before" });
        const quick = await berth.run("exit", ["0"], { timeoutMs: 60_000n });
        expectHostEnd(quick, HostEnd.HOST_END_EXITED, "LEG-045");
      });
    },
  },
  {
    id: "legacy-operation-exceeds-the-agents-limit",
    clauses: ["LEG-045"],
    title: "An operation that runs longer than max_operation_ms is ended as timed out, whatever timeout_ms says",
    dialects: [1, 44],
    abilities: ["launch"],
    twin: "legacy-operation-times-out",
    async run(context) {
      const target = await context.agent.launch({ limits: { maxOperationMs: 500 } });
      context.onEnd(() => target.stop());
      await withHost(
        context,
        async (berth) => {
          const most = Number(berth.session.limits?.maxOperationMs);
          if (most === 0 || most > 2_000) context.notApplicable(`max_operation_ms stays at ${most}`);
          for (const timeoutMs of [0n, 600_000n]) {
            const run = await berth.run("hold", [], { timeoutMs });
            expectHostEnd(run, HostEnd.HOST_END_TIMED_OUT, "LEG-045");
          }
        },
        { target },
      );
    },
  },
  {
    id: "legacy-operation-leaves-nothing-running",
    clauses: ["LEG-045", "OP-038"],
    title: "What a host left in its process group is ended when the host has ended",
    dialects: [1, 44],
    abilities: ["root"],
    async run(context) {
      await withHost(context, async (berth) => {
        const pid = pidIn((await berth.run("leave-offspring")).stdout);
        await expectProcessesEnd(context, [pid], "LEG-045", "what a host left behind");
      });
    },
  },
  {
    id: "legacy-operation-cancelled",
    clauses: ["LEG-043"],
    title: "The host is ended by force when its call is cancelled, also one that does not end when it is asked to",
    dialects: [1, 44],
    abilities: ["root"],
    twin: "legacy-output-as-it-comes",
    async run(context) {
      await withHost(context, async (berth) => {
        const running = await berth.begin("hold-offspring", [], "\n");
        const pids = await processesOf(running);
        running.call.cancel();
        await expectProcessesEnd(context, pids, "LEG-043", "a host whose call was cancelled");
        await berth.run("version");
      });
    },
  },
  {
    id: "legacy-operation-cut",
    clauses: ["LEG-043"],
    title: "The host is ended by force when the connection of its call is gone",
    dialects: [1, 44],
    abilities: ["root"],
    twin: "legacy-output-as-it-comes",
    async run(context) {
      await withHost(context, async (berth, dialect) => {
        const forwarder = await startForwarder({ target: context.agent.address });
        context.onEnd(() => forwarder.close());
        const far = await legacyBerth(context, { dialect, peer: { through: forwarder } });
        const pids = await processesOf(await far.begin("hold-offspring", [], "\n"));
        forwarder.cut();
        await expectProcessesEnd(context, pids, "LEG-043", "a host whose connection was cut");
        await berth.run("version");
      });
    },
  },
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
  {
    id: "legacy-operation-arguments-refused",
    clauses: ["LEG-046", "OP-012"],
    title: "A name or argument outside its rule is refused",
    dialects: [1, 44],
    twin: "legacy-operation-runs",
    async run(context) {
      await withHost(context, async (berth) => {
        const { peer, session, instanceId } = berth;
        const expected = { code: "INVALID_ARGUMENTS", clause: "LEG-046" } as const;
        for (const name of ["", "x".repeat(257), "é".repeat(129), "a\nb", "a\0", "\x7f"]) {
          const run = await peer.legacy.run(session, { instanceId, name });
          expectRefusal(run, `an operation named ${JSON.stringify(name.slice(0, 20))}`, expected);
        }
        const run = await peer.legacy.run(session, { instanceId, arguments: ["a", "b\0c"] });
        expectRefusal(run, "an argument with a NUL", expected);
        expectHostEnd(await berth.run("x".repeat(256)), HostEnd.HOST_END_EXITED, "LEG-046", 127);
      });
    },
  },
  {
    id: "legacy-operation-arguments-over-the-limit",
    clauses: ["HS-030", "HS-031"],
    title: "Name and arguments of max_argument_bytes are taken, one byte more is refused",
    dialects: [1, 44],
    abilities: ["launch"],
    async run(context) {
      const target = await context.agent.launch({ limits: { maxArgumentBytes: 100 } });
      context.onEnd(() => target.stop());
      await withHost(
        context,
        async (berth) => {
          const most = berth.session.limits?.maxArgumentBytes ?? 0;
          if (most === 0 || most > 1_000) context.notApplicable(`max_argument_bytes stays at ${most}`);
          const text = "x".repeat(most - "text".length);
          expectEqual((await berth.run("text", [text])).stdout, text, { code: "output-wrong", what: "the argument" });
          const { peer, session, instanceId } = berth;
          const over = await peer.legacy.run(session, { instanceId, name: "text", arguments: [`${text}x`] });
          expectRefusal(over, `${most + 1} bytes`, {
            code: "LIMIT_EXCEEDED",
            clause: "HS-030",
            details: { maximum: String(most) },
          });
        },
        { target },
      );
    },
  },
  {
    id: "legacy-too-many-operations",
    clauses: ["LEG-046", "OP-016"],
    title: "An operation beyond max_operations running ones of the instance is refused, and taken when one has ended",
    dialects: [1, 44],
    abilities: ["launch"],
    async run(context) {
      const target = await context.agent.launch({ limits: { maxOperations: 2 } });
      context.onEnd(() => target.stop());
      await withHost(
        context,
        async (berth) => {
          const { peer, session, instanceId } = berth;
          const most = session.limits?.maxOperations ?? 0;
          if (most === 0 || most > 8) context.notApplicable(`max_operations stays at ${most}`);
          const running = [];
          for (let count = 0; count < most; count += 1) running.push(await berth.begin("hold", [], "ready"));
          const over = await peer.legacy.run(session, { instanceId });
          const expected = {
            code: "TOO_MANY_OPERATIONS",
            clause: "LEG-046",
            details: { maximum: String(most) },
          } as const;
          expectRefusal(over, `operation ${most + 1} of ${most}`, expected);
          for (const { call } of running) call.cancel();
          await eventually(
            async () => ((await peer.legacy.run(session, { instanceId })).kind === "answered" ? true : undefined),
            context.scaledMs(10_000),
            {
              code: "still-too-many",
              clause: "LEG-043",
              expected: "an operation to be taken when others have ended",
              actual: "none",
            },
          );
        },
        { target },
      );
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
        const first = await Promise.race([waits, new Promise((resolve) => setTimeout(resolve, 200, "waits"))]);
        expectEqual(first, "waits", {
          code: "neighbour-disturbed",
          clause: "OP-037",
          what: "the operation that waits",
        });
        waiting.call.cancel();
        await waits;
        expectHostEnd(await berth.run("exit", ["5"]), HostEnd.HOST_END_EXITED, "LEG-045", 5);
      });
    },
  },
];

/** Does work in every legacy dialect in a tree that has the suite's host. */
async function withHost(
  context: AgentContext,
  work: (berth: LegacyBerth, dialect: LegacyDialect) => Promise<void>,
  peer: ServerPeerOptions = {},
): Promise<void> {
  await inEachLegacyDialect(context, async (dialect) => {
    const berth = await legacyBerth(context, { dialect, peer });
    await berth.put(shellHost());
    await work(berth, dialect);
  });
}

/** The process that a host of the suite says it has started. */
/** The processes of a `hold-offspring` that has written its line: the host and its child, both running. */
async function processesOf(running: Awaited<ReturnType<LegacyBerth["begin"]>>): Promise<readonly number[]> {
  const processes = hostAndChild(expectAnswered(await running.awaitOutput("\n"), "its output"));
  for (const [who, pid] of processes) {
    const what = { code: "operation-answer-wrong", clause: "LEG-042", what: `the ${who} runs` };
    expectThat(await isRunning(pid), "it does not run", what);
  }
  return processes.map(([, pid]) => pid);
}

async function expectProcessesEnd(
  context: AgentContext,
  pids: readonly number[],
  clause: string,
  who: string,
): Promise<void> {
  for (const pid of pids) {
    await eventually(async () => ((await isRunning(pid)) ? undefined : true), context.scaledMs(5_000), {
      code: "process-left",
      clause,
      expected: `${who} to be ended, with the processes it started`,
      actual: `process ${pid} runs on`,
    });
  }
}

function variablesIn(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => /^[A-Za-z_][A-Za-z0-9_]*=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
