import { zstdCompressSync } from "node:zlib";
import { Codec, type Data } from "@berth/proto/messages/sync/v49/sync";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import type { CodeName } from "../../src/expect/code-table.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { type Release, releaseOf } from "../../src/material/release.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { dataFrames, dataOf } from "../../src/peers/server-peer/data-frames.ts";
import { expectFiles } from "./expect-files.ts";
import { expectVersion, releaseNamed, standingInstance } from "./standing-instance.ts";
import { endOf } from "./sync.ts";

const { CODEC_IDENTITY, CODEC_ZSTD } = Codec;

/** Cases of spec/sync.md, "Content". */
export const contentCases: readonly AgentCase[] = [
  {
    id: "content-in-any-order",
    clauses: ["SYNC-042", "SYNC-046", "SYNC-050"],
    title: "Contents are accepted in any order and in pieces of any length",
    async run(context) {
      const release = twoFiles(randomBytesFrom(context.random, 5_000), randomBytesFrom(context.random, 70_000));
      for (const pieceBytes of [997, 16_384, 65_536]) {
        const peer = await context.connect();
        const session = await peer.session({ instanceId: `pieces-${pieceBytes}` });
        const open = await peer.offerAccepted(session, release);
        const reversed = { ...open.lacking, missing: open.lacking.missing.toReversed() };
        for (const data of dataFrames(release, reversed, { dataBytes: pieceBytes, codec: CODEC_IDENTITY })) {
          await open.stream.send({ $case: "data", value: data });
        }
        expectAnswered(await open.commit(), `a commit after pieces of ${pieceBytes} bytes, last content first`);
        await expectVersion(peer, session, "1.0.0");
        await expectFiles(peer, session, release, "pair");
      }
    },
  },
  {
    id: "content-coded-zstd",
    clauses: ["SYNC-041", "SYNC-043"],
    title: "Content coded as one zstd frame is decoded and kept",
    features: ["zstd@1"],
    async run(context) {
      const release = twoFiles(Buffer.alloc(300_000, "abc"), randomBytesFrom(context.random, 100_000));
      const peer = await context.connect();
      const session = await peer.session({ features: ["zstd@1"] });
      await peer.sync(session, release, { codec: CODEC_ZSTD, dataBytes: 65_536 });
      await expectFiles(peer, session, release, "pair", "SYNC-041");
    },
  },
  faultyData(
    "zstd-payload-faulty",
    ["SYNC-041"],
    "A zstd payload that is broken, decodes to another length, or is a bomb is refused",
    "INVALID_PAYLOAD",
    (good, raw) => {
      const coded = zstdCompressSync(raw);
      const zstd = { ...good, codec: CODEC_ZSTD };
      return {
        "bytes that are not zstd": { ...zstd, payload: raw },
        "a frame cut short": { ...zstd, payload: coded.subarray(0, -3) },
        "a frame that decodes to one byte less": { ...zstd, payload: zstdCompressSync(raw.subarray(1)) },
        "a frame that decodes to one byte more": {
          ...zstd,
          payload: zstdCompressSync(Buffer.concat([raw, raw.subarray(0, 1)])),
        },
        "a bomb of 256 MiB": { ...zstd, payload: zstdCompressSync(Buffer.alloc(256 << 20)) },
        "an empty payload": { ...zstd, payload: Buffer.alloc(0) },
        "bytes after the frame": { ...zstd, payload: Buffer.concat([coded, Buffer.from("more")]) },
      };
    },
    ["zstd@1"],
  ),
  faultyData(
    "codec-not-negotiated",
    ["SYNC-043"],
    "A codec that is unspecified, unknown, or was not negotiated is refused",
    "INVALID_PAYLOAD",
    (good, raw) => ({
      "zstd without the feature": { ...good, codec: CODEC_ZSTD, payload: zstdCompressSync(raw) },
      "the codec unspecified": { ...good, codec: Codec.CODEC_UNSPECIFIED },
      "the unknown codec 99": { ...good, codec: 99 as Codec },
      "the unknown codec -2": { ...good, codec: -2 as Codec },
    }),
  ),
  faultyData(
    "data-lengths-lie",
    ["SYNC-041"],
    "A Data whose payload, raw_size and segments do not agree, or with no segment or an empty one, is refused",
    "INVALID_PAYLOAD",
    (good, raw) => ({
      "a payload one byte short": { ...good, payload: raw.subarray(1) },
      "a payload one byte long": { ...good, payload: Buffer.concat([raw, Buffer.from("x")]) },
      "a raw_size one too small": { ...good, rawSize: raw.length - 1 },
      "a raw_size one too large": { ...good, rawSize: raw.length + 1 },
      "a raw_size of 0": { ...good, rawSize: 0 },
      "a segment one shorter": { ...good, segments: [{ ...good.segments[0]!, length: raw.length - 1 }] },
      "no segment": { ...good, segments: [] },
      "no segment and no bytes": { ...good, segments: [], rawSize: 0, payload: Buffer.alloc(0) },
      "an empty segment alone": {
        ...good,
        segments: [{ ...good.segments[0]!, length: 0 }],
        rawSize: 0,
        payload: Buffer.alloc(0),
      },
      "an empty segment before a good one": {
        ...good,
        segments: [{ ...good.segments[0]!, length: 0 }, good.segments[0]!],
      },
    }),
  ),
  faultyData(
    "segment-at-the-wrong-offset",
    ["SYNC-042"],
    "A segment that leaves a gap or reaches beyond the content is refused",
    "OUT_OF_ORDER",
    (good, raw, digest) => ({
      "a beginning at 1": dataOf([{ digest, offset: 1, bytes: raw.subarray(1) }]),
      "a beginning at the end": dataOf([{ digest, offset: raw.length, bytes: Buffer.from("x") }]),
      "an offset beyond 53 bits": { ...good, segments: [{ ...good.segments[0]!, offset: 2n ** 63n }] },
      "one byte beyond the size": dataOf([{ digest, offset: 0, bytes: Buffer.concat([raw, Buffer.from("x")]) }]),
      "a gap within one Data": dataOf([
        { digest, offset: 0, bytes: raw.subarray(0, 10) },
        { digest, offset: 11, bytes: raw.subarray(11) },
      ]),
      "an overlap within one Data": dataOf([
        { digest, offset: 0, bytes: raw.subarray(0, 10) },
        { digest, offset: 9, bytes: raw.subarray(9) },
      ]),
    }),
  ),
  {
    id: "content-interleaved",
    clauses: ["SYNC-042"],
    title: "Another content begun before the last was whole, and a repeated beginning, are refused",
    twin: "content-in-any-order",
    async run(context) {
      const standing = await standingInstance(context);
      const release = twoFiles(randomBytesFrom(context.random, 40_000), randomBytesFrom(context.random, 40_001));
      const [one, two] = [...release.contents].filter(([, { length }]) => length >= 40_000);
      const half = dataOf([{ digest: one![0], offset: 0, bytes: one![1].subarray(0, 20_000) }]);
      const other = dataOf([{ digest: two![0], offset: 0, bytes: two![1] }]);
      const overlap = dataOf([{ digest: one![0], offset: 19_999, bytes: one![1].subarray(19_999) }]);
      const gap = dataOf([{ digest: one![0], offset: 20_001, bytes: one![1].subarray(20_001) }]);
      for (const [what, fault] of Object.entries({ "another content": other, "an overlap": overlap, "a gap": gap })) {
        const open = await standing.peer.offerAccepted(standing.session, release);
        await open.stream.send({ $case: "data", value: half });
        await open.stream.send({ $case: "data", value: fault });
        const expected = { code: "OUT_OF_ORDER", clause: "SYNC-042" } as const;
        expectRefusal(await endOf(open.stream), `${what} after half a content`, expected);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "content-not-asked-for",
    clauses: ["SYNC-045"],
    title: "Content that is not missing is refused: unknown to the manifest, held already, or sent twice",
    twin: "content-in-any-order",
    async run(context) {
      const standing = await standingInstance(context);
      const release = releaseNamed("2.0.0");
      const unknown = Buffer.from("nobody asked for this");
      const held = [...standing.release.contents].at(0)!;
      const mixed = releaseOf(shellHost("1.0.0-standing"), extensionOf("other", { a: "1", b: "2" }));
      const faults: [string, Release, string, Uint8Array][] = [
        ["content the manifest does not name", release, sha256(unknown).toString("hex"), unknown],
        [
          "content that is held already",
          mixed,
          ...([...mixed.contents].find(([digest]) => standing.release.contents.has(digest)) ?? held),
        ],
        ["content of the generation before", release, ...held],
        [
          "the content of no bytes, with one",
          releaseOf(shellHost("2.0.0"), extensionOf("e", { e: "" })),
          sha256(Buffer.alloc(0)).toString("hex"),
          Buffer.from("x"),
        ],
      ];
      for (const [what, offered, digest, bytes] of faults) {
        const open = await standing.peer.offerAccepted(standing.session, offered);
        await open.stream.send({ $case: "data", value: dataOf([{ digest, offset: 0, bytes }]) });
        expectRefusal(await endOf(open.stream), what, { code: "UNEXPECTED_CONTENT", clause: "SYNC-045" });
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "content-sent-twice",
    clauses: ["SYNC-045"],
    title: "A content that arrived whole is no longer missing, so sending it again is refused",
    twin: "content-in-any-order",
    async run(context) {
      const standing = await standingInstance(context);
      const release = twoFiles(randomBytesFrom(context.random, 1_000), randomBytesFrom(context.random, 1_001));
      const open = await standing.peer.offerAccepted(standing.session, release);
      const [digest, bytes] = [...release.contents].find(([, { length }]) => length === 1_000)!;
      const whole = dataOf([{ digest, offset: 0, bytes }]);
      await open.stream.send({ $case: "data", value: whole });
      await open.stream.send({ $case: "data", value: whole });
      const expected = { code: "UNEXPECTED_CONTENT", clause: "SYNC-045" } as const;
      expectRefusal(await endOf(open.stream), "a content sent twice", expected);
      await standing.expectUnchanged();
    },
  },
  {
    id: "content-digest-lies",
    clauses: ["SYNC-046", "SYNC-051"],
    title: "Content that does not have its digest is refused and not kept: the next offer lacks it from its beginning",
    twin: "content-in-any-order",
    async run(context) {
      const standing = await standingInstance(context);
      const honest = randomBytesFrom(context.random, 50_000);
      const release = releaseOf(shellHost("1.0.0-standing"), extensionOf("lie", { a: honest }));
      const digest = sha256(honest).toString("hex");
      for (const place of [0, 25_000, 49_999]) {
        const lying = Buffer.from(honest);
        lying[place] = lying[place]! ^ 1;
        const open = await standing.peer.offerAccepted(standing.session, release);
        const what = {
          code: "lie-kept",
          clause: "SYNC-046",
          what: "contents missing and bytes held of one that was refused",
        };
        expectEqual([open.lacking.missing, open.lacking.held.size], [[digest], 0], what);
        const pieces = { ...open.lacking, held: new Map() };
        const contents = new Map([[digest, lying]]);
        for (const data of dataFrames({ ...release, contents }, pieces, { dataBytes: 20_000, codec: CODEC_IDENTITY })) {
          await open.stream.send({ $case: "data", value: data });
        }
        await open.stream.send({ $case: "commit", value: {} });
        open.stream.end();
        const error = expectRefusal(await endOf(open.stream), `a content with a wrong byte at ${place}`, {
          code: "CONTENT_DIGEST_MISMATCH",
          clause: "SYNC-046",
        });
        expectEqual(error.details.digest?.toLowerCase().replace(/^sha256:/, ""), digest, {
          code: "details-wrong",
          what: "the digest in the details",
        });
      }
      await standing.expectUnchanged();
    },
  },
];

/** One case of many Data messages, each with one fault, each the first Data of a sync. */
function faultyData(
  id: string,
  clauses: readonly [string, ...string[]],
  title: string,
  code: CodeName,
  faultsOf: (good: Data, raw: Buffer, digest: string) => Readonly<Record<string, Data>>,
  features: readonly string[] = [],
): AgentCase {
  return {
    id,
    clauses,
    title,
    features,
    twin: features.includes("zstd@1") ? "content-coded-zstd" : "content-in-any-order",
    async run(context) {
      const standing = await standingInstance(context, { request: { features: [...features] } });
      const raw = randomBytesFrom(context.random, 10_000);
      const digest = sha256(raw).toString("hex");
      const release = releaseOf(shellHost("1.0.0-standing"), extensionOf("fault", { a: raw }));
      for (const [what, data] of Object.entries(faultsOf(dataOf([{ digest, offset: 0, bytes: raw }]), raw, digest))) {
        const open = await standing.peer.offerAccepted(standing.session, release);
        await open.stream.send({ $case: "data", value: data });
        expectRefusal(await endOf(open.stream), what, { code, clause: clauses[0] });
      }
      await standing.expectUnchanged();
      await standing.peer.sync(standing.session, release);
    },
  };
}

function twoFiles(one: Uint8Array, two: Uint8Array): Release {
  return releaseOf(shellHost(), extensionOf("pair", { one, two }));
}
