import { Codec } from "@berth/proto/messages/sync/v49/sync";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import type { CodeName } from "../../src/expect/code-table.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { codecsNotNegotiated } from "../../src/mallory/server/codecs-not-negotiated.ts";
import type { Content, FaultyData } from "../../src/mallory/server/content.ts";
import { faultyZstd } from "../../src/mallory/server/faulty-zstd.ts";
import { interleavedContents } from "../../src/mallory/server/interleaved-contents.ts";
import { withWrongByte } from "../../src/mallory/server/lying-content.ts";
import { lyingLengths } from "../../src/mallory/server/lying-lengths.ts";
import { wrongOffsets } from "../../src/mallory/server/wrong-offsets.ts";
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
    faultyZstd,
    ["zstd@1"],
  ),
  faultyData(
    "codec-not-negotiated",
    ["SYNC-043"],
    "A codec that is unspecified, unknown, or was not negotiated is refused",
    "INVALID_PAYLOAD",
    codecsNotNegotiated,
  ),
  faultyData(
    "data-lengths-lie",
    ["SYNC-041"],
    "A Data whose payload, raw_size and segments do not agree, or with no segment or an empty one, is refused",
    "INVALID_PAYLOAD",
    lyingLengths,
  ),
  faultyData(
    "segment-at-the-wrong-offset",
    ["SYNC-042"],
    "A segment that leaves a gap or reaches beyond the content is refused",
    "OUT_OF_ORDER",
    wrongOffsets,
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
      const { half, faults } = interleavedContents(contentOf(one!), contentOf(two!));
      for (const [what, fault] of Object.entries(faults)) {
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
        const lying = withWrongByte(honest, place);
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
  faultsOf: (content: Content) => FaultyData,
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
      const bytes = randomBytesFrom(context.random, 10_000);
      const digest = sha256(bytes).toString("hex");
      const release = releaseOf(shellHost("1.0.0-standing"), extensionOf("fault", { a: bytes }));
      for (const [what, data] of Object.entries(faultsOf({ digest, bytes }))) {
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

function contentOf([digest, bytes]: readonly [string, Uint8Array]): Content {
  return { digest, bytes };
}
