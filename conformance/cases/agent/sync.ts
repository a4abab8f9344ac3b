import { Codec } from "@berth/proto/messages/sync/v49/sync";
import type { AgentCase } from "../../src/case.ts";

import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { contentBytes, releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { dataFrames, dataOf } from "../../src/peers/server-peer/data-frames.ts";
import type { SyncFrame, SyncStream } from "../../src/peers/server-peer/sync-stream.ts";
import { expectFiles } from "./expect-files.ts";
import { expectVersion, releaseNamed, standingInstance } from "./standing-instance.ts";

const unexpected = { code: "UNEXPECTED_MESSAGE", clause: "SYNC-031" } as const;
const wholeRelease = "all contents of a release that is new to the instance";

/** Cases of spec/sync.md, "Order of the stream", and of what is sent at all. */
export const syncCases: readonly AgentCase[] = [
  {
    id: "sync-whole",
    clauses: ["SYNC-036", "SYNC-050", "HS-024"],
    title: "An empty instance lacks every content, and after the commit operations run from the generation",
    async run(context) {
      const release = releaseNamed("1.0.0");
      const peer = await context.connect();
      const session = await peer.session();
      const { lacking } = await peer.sync(session, release);
      const what = { code: "need-wrong", clause: "SYNC-036", what: wholeRelease };
      expectEqual(lacking.missing, [...release.contents.keys()], what);
      await expectVersion(peer, session, "1.0.0");
      await expectFiles(peer, session, release, "notes");
    },
  },
  {
    id: "sync-only-what-changed",
    clauses: ["SYNC-036", "SYNC-050", "SYNC-057"],
    title: "Of a second release only the contents that the instance lacks are missing, each once, in order",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const kept = { keep: "kept", "keep/too": "kept as well" };
      const before = releaseOf(
        shellHost(),
        extensionOf("files", { "a/keep": kept.keep, b: kept["keep/too"], c: "old" }),
      );
      await peer.sync(session, before);
      const after = releaseOf(
        shellHost(),
        extensionOf("added", { z: "new z", y: "twice", x: "twice" }),
        extensionOf("files", { "moved/keep": kept.keep, b: kept["keep/too"], c: "new", "c.empty": "", d: "twice" }),
      );
      const { lacking } = await peer.sync(session, after);
      const missing = lacking.missing.map((digest) => Buffer.from(after.contents.get(digest)!).toString());
      const what = { code: "need-wrong", clause: "SYNC-036", what: "the contents named missing" };
      expectEqual(missing, ["twice", "new z", "new"], what);
      for (const extension of ["added", "files"]) await expectFiles(peer, session, after, extension);
    },
  },
  {
    id: "sync-of-nothing-new",
    clauses: ["SYNC-038"],
    title:
      "An offer of a generation that is already there lacks nothing, and its commit confirms it, as often as it is repeated",
    async run(context) {
      const { peer, session, release } = await standingInstance(context);
      await peer.sync(session, releaseNamed("2.0.0"));
      for (let round = 0; round < 3; round += 1) {
        const { lacking } = await peer.sync(session, release);
        expectEqual(lacking.missing, [], {
          code: "need-wrong",
          clause: "SYNC-038",
          what: "the contents named missing",
        });
        await expectVersion(peer, session, "1.0.0-standing");
      }
    },
  },
  {
    id: "sync-of-empty-manifest",
    clauses: ["SYNC-001", "SYNC-036", "OP-003"],
    title: "A manifest without packages, and one whose contents are all empty, is committed without any Data",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      for (const release of [releaseOf(), releaseOf(extensionOf("empty", { a: "", "b/c": "" }))]) {
        const { lacking } = await peer.sync(session, release);
        expectEqual(lacking.missing, [], {
          code: "need-wrong",
          clause: "SYNC-036",
          what: "the contents named missing",
        });
      }
      const start = await peer.start(session, { name: "version" });
      expectRefusal(start, "a start without a host", { code: "NO_HOST", clause: "OP-003" });
    },
  },
  {
    id: "sync-first-message-is-not-an-offer",
    clauses: ["SYNC-031"],
    title: "A stream that does not begin with an offer is refused",
    twin: "sync-whole",
    async run(context) {
      const standing = await standingInstance(context);
      const frames: Record<string, SyncFrame | undefined> = {
        "a message without frame": undefined,
        "a manifest part": { $case: "manifestPart", value: { manifest: Buffer.from("x") } },
        "a Data": { $case: "data", value: dataOf([{ digest: "00".repeat(32), offset: 0, bytes: Buffer.from("x") }]) },
        "a Commit": { $case: "commit", value: {} },
      };
      for (const [what, frame] of Object.entries(frames)) {
        const stream = standing.peer.stream();
        await stream.send(frame);
        expectRefusal(await endOf(stream), `${what} as the first message`, unexpected);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "sync-out-of-turn",
    clauses: ["SYNC-031"],
    title: "A second offer, a message without frame, and Data or Commit before the manifest is whole are refused",
    twin: "sync-whole",
    async run(context) {
      const standing = await standingInstance(context);
      const release = releaseNamed("2.0.0");
      const { sessionToken } = standing.session;
      const offer = {
        sessionToken,
        manifestDigest: release.digest,
        manifestSize: BigInt(release.manifest.length),
        manifest: release.manifest,
      };
      const [first] = release.contents;
      const data: SyncFrame = { $case: "data", value: dataOf([{ digest: first![0], offset: 0, bytes: first![1] }]) };
      const partly = { ...offer, manifest: release.manifest.subarray(0, 20) };
      const faults: [string, SyncFrame, SyncFrame | undefined][] = [
        ["a second offer", { $case: "offer", value: offer }, { $case: "offer", value: offer }],
        ["a message without frame after the offer", { $case: "offer", value: offer }, undefined],
        [
          "a second offer before the manifest is whole",
          { $case: "offer", value: partly },
          { $case: "offer", value: offer },
        ],
        ["Data before the manifest is whole", { $case: "offer", value: partly }, data],
        ["Commit before the manifest is whole", { $case: "offer", value: partly }, { $case: "commit", value: {} }],
      ];
      for (const [what, begin, fault] of faults) {
        const stream = standing.peer.stream();
        await stream.send(begin);
        await stream.send(fault);
        expectRefusal(await endOf(stream), what, unexpected);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "sync-after-data",
    clauses: ["SYNC-031"],
    title: "An offer or a manifest part after Data is refused",
    twin: "sync-whole",
    async run(context) {
      const standing = await standingInstance(context);
      const release = releaseOf(
        shellHost("2.0.0"),
        extensionOf("big", { a: randomBytesFrom(context.random, 100_000) }),
      );
      const { sessionToken } = standing.session;
      const { manifest, digest } = release;
      const faults: Record<string, SyncFrame> = {
        "a manifest part after Data": { $case: "manifestPart", value: { manifest: Buffer.from("x") } },
        "an offer after Data": {
          $case: "offer",
          value: { sessionToken, manifestDigest: digest, manifestSize: BigInt(manifest.length), manifest },
        },
      };
      for (const [what, fault] of Object.entries(faults)) {
        const open = await standing.peer.offerAccepted(standing.session, release);
        const [data] = dataFrames(release, open.lacking, { dataBytes: 16_384, codec: Codec.CODEC_IDENTITY });
        await open.stream.send({ $case: "data", value: data! });
        await open.stream.send(fault);
        expectRefusal(await endOf(open.stream), what, unexpected);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "sync-ended-early",
    clauses: ["SYNC-051"],
    title: "A stream whose sending side ends without Commit changes nothing, wherever it ends",
    async run(context) {
      const standing = await standingInstance(context);
      const release = releaseNamed("2.0.0");
      const empty = standing.peer.stream();
      empty.end();
      const results = [await endOf(empty)];
      for (const count of [0, 1, Infinity]) {
        const open = await standing.peer.offerAccepted(standing.session, release);
        const frames = [...dataFrames(release, open.lacking, { dataBytes: 512, codec: Codec.CODEC_IDENTITY })];
        for (const data of frames.slice(0, count)) await open.stream.send({ $case: "data", value: data });
        open.stream.end();
        results.push(await endOf(open.stream));
      }
      const refused = results.filter((result) => result.kind === "refused").length;
      context.observe(
        `${refused} of ${results.length} streams that ended without Commit were refused, the others ended with OK`,
      );
      const { generationPresent } = await standing.peer.session({ wantedManifestDigest: release.digest });
      const what = { code: "presence-wrong", clause: "SYNC-051", what: "generation_present of what was not committed" };
      expectEqual(generationPresent, false, what);
      await standing.expectUnchanged();
    },
  },
  {
    id: "sync-of-many-files",
    clauses: ["SYNC-036", "SYNC-050"],
    title: "A release of two thousand files of all sizes arrives byte for byte",
    async run(context) {
      const files: Record<string, Uint8Array> = {};
      for (let index = 0; index < 2_000; index += 1) {
        files[`d${index % 37}/file-${index}.bin`] = randomBytesFrom(context.random, index % 400);
      }
      files["large.bin"] = randomBytesFrom(context.random, 3_000_001);
      const release = releaseOf(shellHost(), extensionOf("many", files));
      const peer = await context.connect();
      const session = await peer.session();
      const { sentBytes } = await peer.sync(session, release);
      expectEqual(sentBytes, contentBytes(release), {
        code: "need-wrong",
        clause: "SYNC-036",
        what: "bytes asked for",
      });
      await expectFiles(peer, session, release, "many");
    },
  },
  {
    id: "sync-real-packages",
    clauses: ["SYNC-036", "SYNC-050", "SYNC-059"],
    title: "Real packages arrive, and of an upgrade only the changed contents are missing",
    async run(context) {
      const real = await context.realPackages();
      const peer = await context.connect();
      const session = await peer.session();
      const before = releaseOf(shellHost("1.0.0"), ...real.before);
      const after = releaseOf(shellHost("2.0.0"), ...real.after);
      await peer.sync(session, before);
      await expectVersion(peer, session, "1.0.0");
      const { lacking } = await peer.sync(session, after);
      const changed = [...after.contents].filter(([digest, { length }]) => length > 0 && !before.contents.has(digest));
      const what = { code: "need-wrong", clause: "SYNC-036", what: "the contents that an upgrade changes" };
      expectEqual(
        lacking.missing,
        changed.map(([digest]) => digest),
        what,
      );
      await expectVersion(peer, session, "2.0.0");
      for (const { name } of real.after) await expectFiles(peer, session, after, name);
    },
  },
];

/** What a stream ends with, whatever frames come before. */
export async function endOf(stream: SyncStream) {
  for (;;) {
    const event = await stream.next();
    if (event.kind === "refused") return event;
    if (event.kind === "ended") return { kind: "answered", value: undefined } as const;
    if (event.frame.$case === "committed") return { kind: "answered", value: undefined } as const;
  }
}
