import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import { within } from "../../src/attach/within.ts";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { failed } from "../../src/expect/failed.ts";
import { expectState } from "../../src/expect/operation.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { manifestOf, type Release, releaseOf } from "../../src/material/release.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { dataOf } from "../../src/peers/server-peer/data-frames.ts";
import { bytesOf } from "../../src/peers/server-peer/operation-run.ts";
import type { SyncStream } from "../../src/peers/server-peer/sync-stream.ts";
import { expectFiles } from "./expect-files.ts";
import { releaseNamed, type StandingInstance, standingInstance } from "./standing-instance.ts";
import { endOf } from "./sync.ts";

/** Cases of every announced limit: at the limit, and one past it. */
export const limitsCases: readonly AgentCase[] = [
  {
    id: "limit-max-files",
    clauses: ["SYNC-033", "HS-030", "HS-031"],
    title: "A manifest of max_files files is taken, one of a file more is refused before any Need",
    abilities: ["launch"],
    async run(context) {
      const { standing, limit } = await limited(context, "maxFiles", 10);
      const { peer, session } = standing;
      const files = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, "same"]));
      await peer.sync(session, releaseOf(extensionOf("many", files(limit))));
      const result = await peer.offer(session, releaseOf(extensionOf("many", files(limit + 1))));
      expectRefusal(result, `a manifest of ${limit + 1} files`, {
        code: "LIMIT_EXCEEDED",
        clause: "SYNC-033",
        details: { maximum: String(limit) },
      });
      await standing.expectUnchanged();
    },
  },
  {
    id: "limit-instance-quota-bytes",
    clauses: ["SYNC-033", "HS-030", "HS-031"],
    title: "Files that sum to instance_quota_bytes are taken, one byte more is refused before any Need",
    abilities: ["launch"],
    async run(context) {
      const { standing, limit } = await limited(context, "instanceQuotaBytes", 200_000);
      const { peer, session } = standing;
      const half = randomBytesFrom(context.random, limit / 2);
      await peer.sync(session, releaseOf(extensionOf("big", { a: half, b: half.toReversed() })));
      const files = { a: half, b: half.toReversed(), c: "x" };
      const over = await peer.offer(session, releaseOf(extensionOf("big", files)));
      const expected = { code: "QUOTA_EXCEEDED", clause: "SYNC-033", details: { maximum: String(limit) } } as const;
      expectRefusal(over, `files of ${limit + 1} bytes`, expected);
      const digests = ["a", "b", "c"].map((text) => sha256(Buffer.from(text)).toString("hex"));
      const huge = digests.map((digest, index) => `file ${digest} 9007199254740991 ${index}\n`).join("");
      const sums = manifestOf(`berth-manifest 1\nextension Huge 1\n${huge}`);
      expectRefusal(await peer.offer(session, sums), "files whose sum is beyond 2^53", expected);
      await standing.expectUnchanged();
    },
  },
  {
    id: "limit-max-manifest-bytes",
    clauses: ["SYNC-032", "HS-030", "HS-031"],
    title: "A manifest of max_manifest_bytes is taken, one byte more is refused at the offer",
    abilities: ["launch"],
    async run(context) {
      const { standing, limit } = await limited(context, "maxManifestBytes", 2_000);
      const { peer, session } = standing;
      const at = sizedRelease(limit);
      await peer.sync(session, at);
      const stream = peer.stream();
      const { sessionToken } = session;
      const over = sizedRelease(limit + 1);
      await stream.send({
        $case: "offer",
        value: {
          sessionToken,
          manifestDigest: over.digest,
          manifestSize: BigInt(limit + 1),
          manifest: over.manifest.subarray(0, 10),
        },
      });
      expectRefusal(await endOf(stream), `a manifest of ${limit + 1} bytes`, {
        code: "LIMIT_EXCEEDED",
        clause: "SYNC-032",
      });
      const absurd = peer.stream();
      await absurd.send({
        $case: "offer",
        value: { sessionToken, manifestDigest: over.digest, manifestSize: 2n ** 64n - 1n, manifest: new Uint8Array() },
      });
      expectRefusal(await endOf(absurd), "a manifest of 2^64 bytes", { code: "LIMIT_EXCEEDED", clause: "SYNC-032" });
      await standing.expectUnchanged();
    },
  },
  {
    id: "limit-max-data-bytes",
    clauses: ["HS-030", "HS-031", "SYNC-041"],
    title: "A Data of max_data_bytes is taken, one byte more is refused",
    abilities: ["launch"],
    async run(context) {
      const { standing, limit } = await limited(context, "maxDataBytes", 65_536);
      const { peer, session } = standing;
      const content = randomBytesFrom(context.random, limit + 1);
      const digest = sha256(content).toString("hex");
      const release = releaseOf(shellHost("1.0.0-standing"), extensionOf("big", { a: content }));
      const over = await peer.offerAccepted(session, release);
      await over.stream.send({ $case: "data", value: dataOf([{ digest, offset: 0, bytes: content }]) });
      expectRefusal(await endOf(over.stream), `a Data of ${limit + 1} bytes`, {
        code: "LIMIT_EXCEEDED",
        clause: "HS-030",
      });
      const at = await peer.offerAccepted(session, release);
      for (const [offset, end] of [
        [0, limit],
        [limit, limit + 1],
      ] as const) {
        await at.stream.send({
          $case: "data",
          value: dataOf([{ digest, offset, bytes: content.subarray(offset, end) }]),
        });
      }
      expectAnswered(await at.commit(), `a Data of ${limit} bytes`, "HS-031");
      await standing.expectUnchanged();
    },
  },
  {
    id: "limit-max-argument-bytes",
    clauses: ["HS-030", "HS-031"],
    title: "Name and arguments of max_argument_bytes are taken, one byte more is refused",
    abilities: ["launch"],
    async run(context) {
      const { standing, limit } = await limited(context, "maxArgumentBytes", 1_000);
      const { peer, session } = standing;
      const args = (bytes: number) => ["\u00e9".repeat(100), "x".repeat(bytes - "text".length - 200)];
      expectAnswered(
        await peer.start(session, { name: "text", arguments: args(limit), waitMs: 5_000n }),
        "a start at the limit",
        "HS-031",
      );
      const over = await peer.start(session, { name: "text", arguments: args(limit + 1) });
      expectRefusal(over, `name and arguments of ${limit + 1} bytes`, { code: "LIMIT_EXCEEDED", clause: "HS-030" });
      await standing.expectUnchanged();
    },
  },
  {
    id: "limit-max-operations",
    clauses: ["OP-016", "HS-031", "ERR-004"],
    title:
      "max_operations run at once, one more is refused until one has ended, and another instance has its own count",
    abilities: ["launch"],
    async run(context) {
      const { standing, limit } = await limited(context, "maxOperations", 2);
      const { peer, session } = standing;
      const running = [];
      for (let count = 0; count < limit; count += 1) running.push(await peer.begin(session, "hold"));
      const expected = { code: "TOO_MANY_OPERATIONS", clause: "OP-016", details: { maximum: String(limit) } } as const;
      expectRefusal(await peer.start(session, { name: "version" }), "one operation too many", expected);
      const first = running[0]!;
      const repeated = { operationId: first.operationId, name: "hold" };
      expectAnswered(await peer.start(session, repeated), "a repeated start at the limit", "OP-010");
      const other = await peer.session({ instanceId: "other" });
      await peer.sync(other, releaseNamed("1.0.0"));
      await peer.run(other, "version");
      await peer.abandon(session, first.operationId);
      expectAnswered(
        await peer.start(session, { name: "version", waitMs: 5_000n }),
        "a start after one has ended",
        "OP-016",
      );
      for (const { operationId } of running) await peer.abandon(session, operationId);
    },
  },
  {
    id: "limit-max-output-bytes",
    clauses: ["OP-024", "HS-031"],
    title:
      "The first max_output_bytes of output are kept, what comes after is dropped and marked, and the operation goes on",
    abilities: ["launch"],
    async run(context) {
      const { standing, limit } = await limited(context, "maxOutputBytes", 1_000);
      const { peer, session } = standing;
      const at = await peer.run(session, "text", ["x".repeat(limit)]);
      expectEqual([at.stdout.length, at.status.outputTruncated], [limit, false], {
        code: "output-wrong",
        clause: "HS-031",
        what: "output at the limit",
      });
      const over = await peer.run(session, "text", ["y".repeat(limit + 1)]);
      expectEqual([over.stdout.length, over.status.outputTruncated], [limit, true], {
        code: "output-wrong",
        clause: "OP-024",
        what: "output one past it",
      });
      const much = await peer.run(session, "count", ["5000"]);
      expectState(much.status, OperationState.OPERATION_STATE_EXITED, "OP-024");
      const whole = Array.from({ length: 200 }, (_, line) => `line ${line}\n`).join("");
      expectEqual(bytesOf(much.output).toString(), whole.slice(0, limit), {
        code: "output-wrong",
        clause: "OP-024",
        what: "the first bytes",
      });
    },
  },
  {
    id: "limit-max-wait-ms",
    clauses: ["OP-013", "OP-022", "HS-031"],
    title: "A wait longer than max_wait_ms is cut to it, for a start and for a read",
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const { standing, limit } = await limited(context, "maxWaitMs", 300);
      const { peer, session } = standing;
      const took = async (what: string, clause: string, call: () => Promise<unknown>) => {
        const began = performance.now();
        await within(call(), limit + context.scaledMs(5_000));
        const tookMs = performance.now() - began;
        const right = tookMs >= limit - 20 && tookMs < limit + context.scaledMs(4_000);
        expectThat(right, `after ${Math.round(tookMs)} ms`, {
          code: "wait-wrong",
          clause,
          what: `${what} answered about ${limit} ms after the call`,
        });
      };
      const operationId = (await peer.begin(session, "hold")).operationId;
      await took("a start", "OP-013", () => peer.start(session, { name: "hold", operationId, waitMs: 2n ** 64n - 1n }));
      await took("a read", "OP-022", () => peer.read(session, operationId, { cursor: 6n, waitMs: 60_000n }));
      await peer.abandon(session, operationId);
    },
  },
  {
    id: "limit-max-operation-ms",
    clauses: ["OP-034"],
    title:
      "An operation ends as TIMED_OUT after max_operation_ms where timeout_ms is zero or longer, and after timeout_ms where that is shorter",
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const { standing, limit } = await limited(context, "maxOperationMs", 500);
      const { peer, session } = standing;
      for (const timeoutMs of [0n, 600_000n, 2n ** 64n - 1n, 200n]) {
        const began = performance.now();
        const running = await peer.begin(session, "hold", [], { timeoutMs });
        const run = await peer.readToEnd(session, running.operationId);
        const tookMs = performance.now() - began;
        expectState(run.status, OperationState.OPERATION_STATE_TIMED_OUT, "OP-034");
        const leastMs = timeoutMs === 200n ? 200 : limit;
        expectThat(tookMs >= leastMs - 20, `after ${Math.round(tookMs)} ms`, {
          code: "timeout-wrong",
          clause: "OP-034",
          what: `an end not before ${leastMs} ms with timeout_ms ${timeoutMs}`,
        });
      }
    },
  },
  {
    id: "limit-sync-idle-ms",
    clauses: ["SYNC-044", "SYNC-060", "SYNC-051", "ERR-004"],
    title: "A sync that sends nothing for longer than sync_idle_ms ends with SYNC_IDLE, and what arrived is kept",
    abilities: ["launch"],
    timed: true,
    twin: "sync-with-pauses-below-sync-idle-ms",
    async run(context) {
      const { standing, limit } = await limited(context, "syncIdleMs", 400);
      const { peer, session } = standing;
      const content = randomBytesFrom(context.random, 200_000);
      const digest = sha256(content).toString("hex");
      const release = releaseOf(shellHost("1.0.0-standing"), extensionOf("idle", { a: content }));
      const began = performance.now();
      const open = await peer.offerAccepted(session, release);
      await open.stream.send({
        $case: "data",
        value: dataOf([{ digest, offset: 0, bytes: content.subarray(0, 65_536) }], Codec.CODEC_IDENTITY),
      });
      const silence = { code: "SYNC_IDLE", clause: "SYNC-044" } as const;
      expectRefusal(await endWithin(open.stream, limit + context.scaledMs(5_000)), "a silent sync", silence);
      const tookMs = performance.now() - began;
      expectThat(tookMs >= limit - 20, `after ${Math.round(tookMs)} ms`, {
        code: "idle-too-early",
        clause: "SYNC-044",
        what: `an end not before ${limit} ms`,
      });
      const silent = await endWithin(peer.stream(), limit + context.scaledMs(5_000));
      expectRefusal(silent, "a stream without any message", silence);
      await standing.expectUnchanged();
      const most = content.length;
      const { sentBytes } = await peer.sync(session, release);
      expectThat(sentBytes <= most, `${sentBytes} bytes`, {
        code: "resume-wasteful",
        clause: "SYNC-060",
        what: `at most ${most} bytes to send after the silence`,
      });
    },
  },
  {
    id: "sync-with-pauses-below-sync-idle-ms",
    clauses: ["SYNC-044", "SYNC-050"],
    title: "A sync that lasts longer than sync_idle_ms in all, with pauses that are shorter, becomes whole",
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const { standing, limit } = await limited(context, "syncIdleMs", 800);
      const { peer, session } = standing;
      const content = randomBytesFrom(context.random, 60_000);
      const digest = sha256(content).toString("hex");
      const release = releaseOf(shellHost("1.0.0-standing"), extensionOf("slow", { a: content }));
      const open = await peer.offerAccepted(session, release);
      for (let offset = 0; offset < content.length; offset += 10_000) {
        await new Promise((resolve) => setTimeout(resolve, limit * 0.4));
        const bytes = content.subarray(offset, offset + 10_000);
        await open.stream.send({ $case: "data", value: dataOf([{ digest, offset, bytes }]) });
      }
      expectAnswered(await open.commit(), `a sync with pauses of 0.4 of its limit of ${limit} ms`, "SYNC-044");
      await expectFiles(peer, session, release, "slow");
    },
  },
];

/** Starts an agent of the case's own with one limit set low, and an instance in it. */
async function limited(
  context: AgentContext,
  name: keyof Limits,
  value: number,
): Promise<{ standing: StandingInstance; limit: number }> {
  const target = await context.agent.launch({ limits: { [name]: value } });
  context.onEnd(() => target.stop());
  const standing = await standingInstance(context, { peer: { target } });
  const limit = Number(standing.session.limits?.[name]);
  if (limit !== value) context.notApplicable(`the agent announces ${name} ${limit} where it was started with ${value}`);
  return { standing, limit };
}

/** The end of a stream that the agent has to end by itself in so long. */
async function endWithin(stream: SyncStream, patienceMs: number): Promise<Awaited<ReturnType<typeof endOf>>> {
  const end = await within(endOf(stream), patienceMs);
  if (end !== undefined) return end;
  stream.cancel();
  throw failed({
    code: "idle-not-ended",
    clause: "SYNC-044",
    expected: "the agent to end a sync that sends nothing for longer than sync_idle_ms",
    actual: `it was open after ${Math.round(patienceMs)} ms`,
  });
}

/** A release of empty files whose manifest is exactly so long. */
function sizedRelease(size: number): Release {
  const lineBytes = 150;
  const besidePath = releaseOf(extensionOf("sized", { p: "" })).manifest.length - 1;
  const header = releaseOf(extensionOf("sized", {})).manifest.length;
  const count = Math.floor((size - header) / lineBytes);
  const pathBytes = size - header - count * (besidePath - header);
  const files: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) {
    const length = Math.floor(pathBytes / count) + (index === count - 1 ? pathBytes % count : 0);
    files[String(index).padStart(length, "p")] = "";
  }
  return releaseOf(extensionOf("sized", files));
}
