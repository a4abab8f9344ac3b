import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { OperationState, OutputStream } from "@berth/proto/messages/sync/v49/operation";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { expectState } from "../../src/expect/operation.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { bytesOf, type OperationRun } from "../../src/peers/server-peer/operation-run.ts";
import type { ServerPeer } from "../../src/peers/server-peer.ts";
import { standingInstance } from "./standing-instance.ts";

/** Cases of spec/operations.md, "Output". */
export const operationOutputCases: readonly AgentCase[] = [
  {
    id: "output-of-both-streams",
    clauses: ["OP-020", "OP-021"],
    title: "Output of both streams is answered in the order it was written, each run marked with its stream",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const run = await peer.run(session, "both");
      const { output } = run;
      const merged: [string, string][] = [];
      for (const { stream, data } of output) {
        const name = stream === OutputStream.OUTPUT_STREAM_STDOUT ? "out" : "err";
        const last = merged.at(-1);
        if (last?.[0] === name) last[1] += Buffer.from(data).toString();
        else merged.push([name, Buffer.from(data).toString()]);
      }
      const expected = [
        ["out", "out-1"],
        ["err", "err-1"],
        ["out", "out-2"],
      ];
      expectEqual<unknown>(merged, expected, {
        code: "output-wrong",
        clause: "OP-020",
        what: "runs of the two streams",
      });
      await expectSameInSteps(peer, session, run, "OP-021");
    },
  },
  {
    id: "output-is-binary",
    clauses: ["OP-020"],
    title: "Output is bytes: none is changed, dropped or taken for text",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const { output } = await peer.run(session, "binary");
      const expected = Buffer.from([0, 1, 255, 254, 13, 10, 128]);
      expectEqual(bytesOf(output), expected, { code: "output-wrong", clause: "OP-020", what: "the bytes of output" });
    },
  },
  {
    id: "output-from-any-cursor",
    clauses: ["OP-020", "OP-021", "OP-025"],
    title: "From every cursor the output goes on with the byte at that position, each time the same",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const run = await peer.run(session, "count", ["60"]);
      const whole = bytesOf(run.output);
      const expectedText = Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join("");
      expectEqual(whole.toString(), expectedText, { code: "output-wrong", clause: "OP-020", what: "the whole output" });
      const other = await context.connect();
      const fresh = await other.session();
      for (const position of [0, 1, 2, 7, 64, 65, whole.length - 1, whole.length, 0]) {
        for (const [reader, token] of [
          [peer, session],
          [other, fresh],
        ] as const) {
          const result = await reader.read(token, run.operationId, { cursor: BigInt(position) });
          const { output } = expectAnswered(result, `a read from cursor ${position}`, "OP-020");
          const expected = whole.subarray(position, position + bytesOf(output).length);
          expectEqual(bytesOf(output), Buffer.from(expected), {
            code: "output-wrong",
            clause: "OP-025",
            what: `the output from ${position}`,
          });
          const some = position === whole.length || output.length > 0;
          expectThat(some, "none", { code: "output-wrong", clause: "OP-020", what: `output from cursor ${position}` });
        }
      }
    },
  },
  {
    id: "output-within-max-bytes",
    clauses: ["OP-027", "OP-020"],
    title: "A read answers at most max_bytes, and reading on in any steps gives the whole",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const run = await peer.run(session, "count", ["20"]);
      const whole = bytesOf(run.output);
      for (const maxBytes of [1, 3, 64, whole.length, whole.length + 1, 0xffff_ffff]) {
        await expectSameInSteps(peer, session, run, "OP-020", maxBytes);
      }
    },
  },
  {
    id: "output-cursor-beyond-the-end",
    clauses: ["OP-023"],
    title: "A cursor beyond the end of the output is refused, one at the end is not",
    twin: "output-from-any-cursor",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const ended = await peer.run(session, "text", ["12345"]);
      const running = await peer.begin(session, "hold");
      for (const { operationId, status } of [ended, running]) {
        const end = status.outputBytes;
        expectAnswered(await peer.read(session, operationId, { cursor: end }), "a read at the end of the output");
        for (const cursor of [end + 1n, end + 1_000n, 2n ** 63n, 2n ** 64n - 1n]) {
          const result = await peer.read(session, operationId, { cursor });
          const details = { output_bytes: String(end) };
          expectRefusal(result, `the cursor ${cursor}`, { code: "INVALID_CURSOR", clause: "OP-023", details });
        }
      }
      await peer.abandon(session, running.operationId);
    },
  },
  {
    id: "read-wakes-on-output",
    clauses: ["OP-022"],
    title: "A waiting read is answered as soon as there is output beyond its cursor, and as soon as the operation ends",
    abilities: ["root"],
    timed: true,
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const soonMs = Math.min(context.scaledMs(10_000), 20_000); // below the wait, however slow this machine is
      // One that writes a line and runs on, so that only its output can answer the read.
      const started = expectAnswered(await peer.start(session, { name: "hold" }), "a start");
      const asked = performance.now();
      const read = await peer.read(session, started.operationId, { waitMs: 30_000n });
      const first = expectAnswered(read, "a read that waits for the first output", "OP-022");
      const waitedMs = performance.now() - asked;
      expectThat(waitedMs < soonMs, `after ${Math.round(waitedMs)} ms`, {
        code: "answered-late",
        clause: "OP-022",
        what: "an answer as soon as there is output, of an operation that runs on",
      });
      expectEqual(bytesOf(first.output).toString(), "ready\n", {
        code: "output-wrong",
        clause: "OP-022",
        what: "the first output",
      });
      await peer.abandon(session, started.operationId);
      const trigger = join(context.directory, "go");
      const running = await peer.begin(session, "hold-until", [trigger]);
      const began = performance.now();
      const waiting = peer.read(session, running.operationId, { cursor: running.nextCursor, waitMs: 30_000n });
      await peer.run(session, "text", ["meanwhile"]); // so that the read has surely begun to wait
      await writeFile(trigger, "");
      const { output } = expectAnswered(await waiting, "a waiting read", "OP-022");
      expectEqual(bytesOf(output).toString(), "released", {
        code: "output-wrong",
        clause: "OP-022",
        what: "its output",
      });
      const end = await peer.readToEnd(session, running.operationId);
      expectState(end.status, OperationState.OPERATION_STATE_EXITED, "OP-022");
      const tookMs = performance.now() - began;
      expectThat(tookMs < soonMs, `${Math.round(tookMs)} ms`, {
        code: "answered-late",
        clause: "OP-022",
        what: "an answer long before the wait was over",
      });
    },
  },
  {
    id: "read-waits-no-longer-than-asked",
    clauses: ["OP-022"],
    title:
      "A read of an operation without new output is answered without any after wait_ms, and at once without a wait",
    timed: true,
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const running = await peer.begin(session, "hold");
      for (const waitMs of [0, 250]) {
        const began = performance.now();
        const request = { cursor: running.nextCursor, waitMs: BigInt(waitMs) };
        const { output, status } = expectAnswered(await peer.read(session, running.operationId, request), "a read");
        const tookMs = performance.now() - began;
        expectState(status, OperationState.OPERATION_STATE_RUNNING, "OP-022");
        expectEqual(output, [], { code: "output-wrong", what: "output beyond the end" });
        const right = tookMs >= waitMs - 20 && tookMs < waitMs + context.scaledMs(3_000);
        const what = `an answer about ${waitMs} ms after the call`;
        expectThat(right, `after ${Math.round(tookMs)} ms`, { code: "wait-wrong", clause: "OP-022", what });
      }
      await peer.abandon(session, running.operationId);
    },
  },
  {
    id: "output-of-an-unread-operation",
    clauses: ["OP-020", "OP-022"],
    title: "An operation that writes a lot and is not read meanwhile ends, and its output is read whole afterwards",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const started = await peer.start(session, { name: "count", arguments: ["20000"], waitMs: 30_000n });
      const { operationId } = expectAnswered(started, "a start");
      const run = await peer.readToEnd(session, operationId);
      const lines = run.stdout.split("\n");
      expectEqual([lines.length, lines.at(-2)], [20_001, "line 19999"], {
        code: "output-wrong",
        what: "its lines and the last",
      });
    },
  },
];

/** Reads the output again in steps, each from where the last one ended, and expects what was read before. */
async function expectSameInSteps(
  peer: ServerPeer,
  session: NegotiateResponse,
  run: OperationRun,
  clause: string,
  maxBytes = 4,
): Promise<void> {
  const parts: Buffer[] = [];
  let cursor = 0n;
  while (cursor < run.status.outputBytes) {
    const result = await peer.read(session, run.operationId, { cursor, maxBytes });
    const { output, nextCursor } = expectAnswered(result, `a read of at most ${maxBytes} bytes`, "OP-027");
    const moved = nextCursor > cursor;
    expectThat(moved, "none", { code: "output-stuck", clause: "OP-022", what: `output from cursor ${cursor}` });
    parts.push(bytesOf(output));
    cursor = nextCursor;
  }
  const what = { code: "output-wrong", clause, what: `the output read in steps of ${maxBytes}` };
  expectEqual(Buffer.concat(parts), bytesOf(run.output), what);
}
