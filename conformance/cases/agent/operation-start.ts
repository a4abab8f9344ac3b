import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OperationState, type OperationStatus } from "@berth/proto/messages/sync/v49/operation";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { expectState } from "../../src/expect/operation.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { invalidOperationIds } from "../../src/mallory/server/hostile-ids.ts";
import { releaseOf } from "../../src/material/release.ts";
import { extensionOf } from "../../src/material/shell-host.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import { standingInstance } from "./standing-instance.ts";

const { OPERATION_STATE_EXITED, OPERATION_STATE_RUNNING } = OperationState;

/** Cases of spec/operations.md, "Where an operation runs" and "Start". */
export const operationStartCases: readonly AgentCase[] = [
  {
    id: "operation-runs",
    clauses: ["OP-013", "OP-032", "OP-002"],
    title: "A start that waits answers a short operation whole, with its output and exit code, in one call",
    async run(context) {
      const { peer, session, release } = await standingInstance(context);
      const started = performance.now();
      const result = await peer.start(session, { name: "text", arguments: ["short"], waitMs: 20_000n });
      const { status, output } = expectAnswered(result, "a start", "OP-010");
      const tookMs = performance.now() - started;
      const soonMs = Math.min(context.scaledMs(10_000), 15_000); // below the wait, however slow this machine is
      expectThat(tookMs < soonMs, `${Math.round(tookMs)} ms`, {
        code: "answered-late",
        clause: "OP-013",
        what: "an answer as soon as the operation has ended",
      });
      // One that still runs was answered before its wait was over.
      const isEarly = status.state === OPERATION_STATE_RUNNING;
      expectState(status, OPERATION_STATE_EXITED, isEarly ? "OP-013" : "OP-032");
      expectEqual(Buffer.concat(output.map(({ data }) => data)).toString(), "short", {
        code: "output-wrong",
        what: "the output",
      });
      expectEqual(Buffer.from(status.manifestDigest), Buffer.from(release.digest), {
        code: "wrong-generation",
        clause: "OP-002",
        what: "its generation",
      });
    },
  },
  {
    id: "operation-start-does-not-wait-unasked",
    clauses: ["OP-013"],
    title: "A start answers after wait_ms, with an operation that still runs as RUNNING",
    timed: true,
    async run(context) {
      const { peer, session } = await standingInstance(context);
      for (const waitMs of [0n, 300n]) {
        const began = performance.now();
        const result = await peer.start(session, { name: "hold", waitMs });
        const tookMs = performance.now() - began;
        const { status, operationId } = expectAnswered(result, `a start that waits ${waitMs} ms`);
        expectState(status, OPERATION_STATE_RUNNING, "OP-013");
        const enough = tookMs >= Number(waitMs) - 20 && tookMs < Number(waitMs) + context.scaledMs(3_000);
        const what = `an answer about ${waitMs} ms after the call`;
        expectThat(enough, `after ${Math.round(tookMs)} ms`, { code: "wait-wrong", clause: "OP-013", what });
        await peer.abandon(session, operationId);
      }
    },
  },
  {
    id: "operation-start-repeated",
    clauses: ["OP-010"],
    title:
      "A start that is repeated starts nothing and answers with the state, also over another connection and session",
    abilities: ["root"],
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const file = join(context.directory, "runs");
      const operationId = uuidFrom(context.random);
      const request = { operationId, name: "append", arguments: [file, "x"], waitMs: 5_000n };
      const other = await context.connect();
      const fresh = await other.session();
      const spelled = { ...request, operationId: operationId.toUpperCase() };
      await Promise.all([peer.start(session, request), peer.start(session, request), other.start(fresh, request)]);
      for (const repeat of [request, { ...request, waitMs: 0n, timeoutMs: 1_000n }, request, spelled]) {
        expectAnswered(
          await other.start(fresh, repeat),
          "a start repeated in a session that confirmed nothing",
          "OP-010",
        );
        const result = await peer.start(session, repeat);
        const { status } = expectAnswered(result, "a repeated start", "OP-010");
        if (repeat.waitMs > 0n) expectState(status, OPERATION_STATE_EXITED, "OP-010");
      }
      expectEqual(await readFile(file, "utf8"), "x", {
        code: "started-twice",
        clause: "OP-010",
        what: "what one start wrote",
      });
    },
  },
  {
    id: "operation-id-reused",
    clauses: ["OP-011"],
    title: "An operation id with another name or other arguments is refused while it runs and after it has ended",
    twin: "operation-start-repeated",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const running = await peer.begin(session, "hold-polite", ["a", "b"]);
      const ended = await peer.run(session, "text", ["a"]);
      const expected = { code: "OPERATION_ID_REUSED", clause: "OP-011" } as const;
      for (const [operationId, name, args] of [
        [running.operationId, "hold", ["a", "b"]],
        [running.operationId, "hold-polite", ["a"]],
        [running.operationId, "hold-polite", ["a", "b", ""]],
        [running.operationId, "hold-polite", ["ab"]],
        [running.operationId.toUpperCase(), "hold-polite", ["b", "a"]],
        [ended.operationId, "text", ["b"]],
        [ended.operationId, "Text", ["a"]],
        [ended.operationId, "text", []],
      ] as const) {
        const result = await peer.start(session, { operationId, name, arguments: [...args] });
        expectRefusal(result, `the id of another operation for ${name} ${args.join(" ")}`, expected);
      }
      const still = expectAnswered(await peer.read(session, running.operationId), "a read");
      expectState(still.status, OPERATION_STATE_RUNNING, "OP-015");
      await peer.abandon(session, running.operationId);
      expectEqual((await peer.readToEnd(session, ended.operationId)).stdout, "a", {
        code: "output-wrong",
        what: "its output",
      });
    },
  },
  {
    id: "operation-without-generation",
    clauses: ["OP-001"],
    title: "A start in a session that confirmed no generation is refused, also where the instance holds one",
    twin: "operation-runs",
    async run(context) {
      const standing = await standingInstance(context);
      const fresh = await standing.peer.session();
      const wanting = await standing.peer.session({ wantedManifestDigest: Buffer.alloc(32, 9) });
      const empty = await standing.peer.session({ instanceId: "empty" });
      for (const session of [fresh, wanting, empty]) {
        const result = await standing.peer.start(session, { name: "version" });
        expectRefusal(result, "a start without a confirmed generation", { code: "NO_GENERATION", clause: "OP-001" });
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "operation-without-host",
    clauses: ["OP-003"],
    title: "A start from a generation without a host is refused",
    twin: "operation-runs",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      await peer.sync(session, releaseOf(extensionOf("only", { a: "x" })));
      const result = await peer.start(session, { name: "version" });
      expectRefusal(result, "a start without a host package", { code: "NO_HOST", clause: "OP-003" });
    },
  },
  {
    id: "operation-names-and-arguments-unchanged",
    clauses: ["OP-050", "OP-012"],
    title: "The host gets the operation's name as first argument and its arguments after it, unchanged",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const args = [
        "",
        " ",
        "a b",
        "'",
        '"',
        "\\",
        "$HOME",
        "`id`",
        "$(id)",
        "*",
        "?",
        "-n",
        "--",
        "a\nb",
        "\t",
        "\u00e9\u{1f600}",
        "%s",
        "x".repeat(2_000),
      ];
      const run = await peer.run(session, "name-and-arguments", args);
      const expected = ["name-and-arguments", ...args].map((each) => `[${each}]`).join("");
      expectEqual(run.stdout, expected, { code: "arguments-changed", clause: "OP-050", what: "name and arguments" });
      for (const name of ["n".repeat(256), "\u00e9".repeat(128), " odd name ", "-x", "../x"]) {
        const unknown = await peer.run(session, name);
        expectState(unknown.status, OPERATION_STATE_EXITED, "OP-032", 127);
      }
    },
  },
  {
    id: "operation-name-outside-its-rule",
    clauses: ["OP-012"],
    title: "A name that is empty, too long or has a control character, and an argument with a NUL, are refused",
    twin: "operation-names-and-arguments-unchanged",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const expected = { code: "INVALID_ARGUMENTS", clause: "OP-012" } as const;
      for (const name of ["", "n".repeat(257), "\u00e9".repeat(129), "a\nb", "a\0b", "\t", "a\x7f", "a\u0085b"]) {
        expectRefusal(await peer.start(session, { name }), `the name ${JSON.stringify(name.slice(0, 20))}`, expected);
      }
      for (const args of [["\0"], ["ok", "a\0b"], ["x\0"]]) {
        expectRefusal(await peer.start(session, { name: "text", arguments: args }), "an argument with a NUL", expected);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "operation-id-in-any-case",
    clauses: ["OP-018"],
    title: "Operation ids that differ in case alone are one operation in all four calls, answered in lower case",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      // Fixed digits on both sides of what is written in another case, so that it differs whatever the random digits are.
      const lower = uuidFrom(context.random).replace(/^./, "a").replace(/.$/, "f");
      const upper = lower.toUpperCase();
      const mixed = lower.slice(0, 18) + upper.slice(18);
      const start = { operationId: upper, name: "hold-polite", waitMs: 0n };
      const begun = await peer.start(session, start);
      const repeated = await peer.start(session, { ...start, operationId: lower });
      for (const [what, answer] of [
        ["a start in upper case", begun],
        ["its repeat in lower case", repeated],
        ["a read in both", await peer.read(session, mixed)],
      ] as const) {
        expectLowerCase(expectAnswered<{ status: OperationStatus }>(answer, what, "OP-018").status, what);
      }
      const cancelled = await peer.cancel(session, lower, { graceMs: 20_000n });
      expectLowerCase(expectAnswered(cancelled, "a cancel in lower case", "OP-018"), "a cancel in lower case");
      const abandoned = await peer.abandon(session, upper);
      expectLowerCase(expectAnswered(abandoned, "an abandon in upper case", "OP-018"), "an abandon in upper case");

      function expectLowerCase(status: OperationStatus, what: string): void {
        const finding = { code: "operation-id-wrong", clause: "OP-018", what: `the id that answers ${what}` };
        expectEqual(status.operationId, lower, finding);
      }
    },
  },
  {
    id: "operation-id-outside-its-rule",
    clauses: ["OP-014"],
    title: "An operation id that is no UUID in text form, or the nil UUID, is refused by all four calls",
    twin: "operation-runs",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const valid = uuidFrom(context.random);
      const expected = { code: "INVALID_OPERATION_ID", clause: "OP-014" } as const;
      for (const operationId of invalidOperationIds(valid)) {
        const what = (call: string) => `${call} of the id ${JSON.stringify(operationId.slice(0, 40))}`;
        expectRefusal(await peer.start(session, { operationId, name: "version" }), what("a start"), expected);
        expectRefusal(await peer.read(session, operationId), what("a read"), expected);
        expectRefusal(await peer.cancel(session, operationId), what("a cancel"), expected);
        expectRefusal(await peer.abandon(session, operationId), what("an abandon"), expected);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "operation-unknown",
    clauses: ["OP-026"],
    title: "A read, cancel or abandon of an operation the instance does not have is refused",
    twin: "operation-runs",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const id = uuidFrom(context.random);
      const expected = { code: "OPERATION_UNKNOWN", clause: "OP-026" } as const;
      for (let round = 0; round < 2; round += 1) {
        expectRefusal(await peer.read(session, id, { waitMs: 1_000n }), "a read of an unknown operation", expected);
        expectRefusal(await peer.cancel(session, id), "a cancel of an unknown operation", expected);
        expectRefusal(await peer.abandon(session, id), "an abandon of an unknown operation", expected);
      }
      await standing.expectUnchanged();
    },
  },
];
