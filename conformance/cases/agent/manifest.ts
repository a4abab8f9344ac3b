import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { offersWithDigestsOfOtherLength } from "../../src/mallory/server/digests-of-other-length.ts";
import { lyingOffers } from "../../src/mallory/server/lying-offers.ts";
import {
  MANIFESTS_WITH_MALFORMED_FILES,
  MANIFESTS_WITH_MALFORMED_LINES,
  MANIFESTS_WITH_MALFORMED_PACKAGES,
  type MalformedManifests,
} from "../../src/mallory/server/malformed-manifests.ts";
import { type MaterialPackage, manifestOf, type Release, releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { readNeeds } from "../../src/peers/server-peer/open-sync.ts";
import { releaseNamed, type StandingInstance, standingInstance } from "./standing-instance.ts";

const content = "hello";

/** Cases of spec/sync.md, "The manifest", and of how an offer brings it. */
export const manifestCases: readonly AgentCase[] = [
  {
    id: "manifest-canonical-accepted",
    clauses: ["SYNC-001", "SYNC-036"],
    title: "Every manifest in canonical form is accepted, up to the bounds of its fields",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const file = { path: "a", content: Buffer.from("x") };
      const packages: MaterialPackage[][] = [
        [],
        [extensionOf("Files", { "lib/hello.txt": content })],
        [extensionOf("a".repeat(100), { a: "x" }, `1+${"b".repeat(62)}`)],
        [extensionOf("0._-z", { a: "x" }, "9"), extensionOf("Z", { a: "x" }), extensionOf("a", { a: "y" })],
        [extensionOf("same", { a: "x" }), { ...shellHost(), name: "same" }],
        [extensionOf("CONX", { a: "x" }), extensionOf("com0", { a: "x" }), extensionOf("x.con", { a: "x" })],
        [extensionOf("copies", { a: "x", b: "x", "c/d e f": "x" }), extensionOf("empty", { "a.txt": "", b: "" })],
        [
          extensionOf("order", {
            "a b": "1",
            "a-b": "2",
            "a.b": "3",
            "a/b": "4",
            ab: "5",
            "\u00e9": "6",
            "\u{1f600}": "7",
            "\uffee": "8",
          }),
        ],
        [
          {
            kind: "host",
            name: "h",
            version: "1",
            entry: "my host/run me",
            files: [{ ...file, path: "my host/run me", exec: true }],
          },
        ],
        [
          {
            kind: "host",
            name: "h",
            version: "1",
            entry: "a",
            files: [
              { ...file, exec: true },
              { ...file, path: "b", exec: true },
              { ...file, path: "c" },
            ],
          },
        ],
      ];
      for (const each of packages) await peer.sync(session, releaseOf(...each));
    },
  },
  faultyManifests(
    "manifest-lines-malformed",
    "A manifest whose bytes or lines are not in canonical form is refused",
    MANIFESTS_WITH_MALFORMED_LINES,
  ),
  faultyManifests(
    "manifest-files-malformed",
    "A manifest with a malformed digest or size, or files out of order, is refused",
    MANIFESTS_WITH_MALFORMED_FILES,
  ),
  faultyManifests(
    "manifest-packages-malformed",
    "A manifest with a malformed name or version, or packages out of order, is refused",
    MANIFESTS_WITH_MALFORMED_PACKAGES,
  ),
  {
    id: "manifest-digest-lies",
    clauses: ["SYNC-002"],
    title:
      "An offer whose manifest does not have the offered digest is refused, also when the digest is of a generation that is there",
    twin: "manifest-canonical-accepted",
    async run(context) {
      const standing = await standingInstance(context);
      const lies = lyingOffers(releaseNamed("2.0.0"), standing.release);
      for (const [what, release] of Object.entries(lies)) {
        const expected = { code: "MANIFEST_DIGEST_MISMATCH", clause: "SYNC-002" } as const;
        expectRefusal(await standing.peer.offer(standing.session, release), `an offer with ${what}`, expected);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "offer-digest-of-other-length",
    clauses: ["SYNC-039"],
    title: "An offer whose digest is not 32 bytes is refused",
    twin: "manifest-canonical-accepted",
    async run(context) {
      const standing = await standingInstance(context);
      for (const [length, release] of offersWithDigestsOfOtherLength(releaseNamed("2.0.0"))) {
        const result = await standing.peer.offer(standing.session, release);
        expectRefusal(result, `an offer with a digest of ${length} bytes`, {
          code: "INVALID_DIGEST",
          clause: "SYNC-039",
        });
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "manifest-in-parts",
    clauses: ["SYNC-032"],
    title: "A manifest is put together from the offer and its parts, wherever it is split",
    async run(context) {
      const release = releaseNamed("1.0.0");
      const size = release.manifest.length;
      for (const cuts of [
        [0, 1, 2, 3],
        [1],
        [size - 1],
        [0, size - 1],
        Array.from({ length: size }, (_, index) => index),
      ]) {
        const peer = await context.connect();
        const session = await peer.session({ instanceId: `cuts-${cuts.length}-${cuts.at(-1)}` });
        const stream = peer.stream();
        const [first = 0, ...others] = cuts;
        const manifest = release.manifest.subarray(0, first);
        const manifestSize = BigInt(size);
        const { sessionToken } = session;
        await stream.send({
          $case: "offer",
          value: { sessionToken, manifestDigest: release.digest, manifestSize, manifest },
        });
        for (const [index, begin] of [first, ...others].entries()) {
          const part = release.manifest.subarray(begin, others[index] ?? size);
          await stream.send({ $case: "manifestPart", value: { manifest: part } });
        }
        const needs = await readNeeds(stream);
        stream.cancel();
        const missing = expectAnswered(needs, "a manifest in parts", "SYNC-032").flatMap((need) => need.missing);
        const what = {
          code: "need-wrong",
          clause: "SYNC-036",
          what: `what is missing with cuts at ${cuts.slice(0, 4)}`,
        };
        expectEqual(
          missing.map((each) => Buffer.from(each).toString("hex")),
          [...release.contents.keys()],
          what,
        );
      }
    },
  },
  {
    id: "manifest-part-out-of-place",
    clauses: ["SYNC-032", "SYNC-031"],
    title: "Manifest bytes beyond manifest_size, an empty part, and a part after the manifest are refused",
    twin: "manifest-in-parts",
    async run(context) {
      const standing = await standingInstance(context);
      const { manifest, digest: manifestDigest } = releaseNamed("2.0.0");
      const size = BigInt(manifest.length);
      const extra = Buffer.from("x");
      const half = manifest.subarray(0, 40);
      const faults: [string, bigint, Uint8Array, Uint8Array[]][] = [
        ["an offer with more than its size", size - 1n, manifest, []],
        ["an offer of size 0 with bytes", 0n, manifest, []],
        ["a part that goes beyond the size", size, half, [Buffer.concat([manifest.subarray(40), extra])]],
        ["a part after the whole manifest", size, manifest, [extra]],
        ["an empty part", size, half, [Buffer.alloc(0), manifest.subarray(40)]],
        ["an empty part after the whole manifest", size, manifest, [Buffer.alloc(0)]],
      ];
      for (const [what, manifestSize, begin, parts] of faults) {
        const stream = standing.peer.stream();
        const { sessionToken } = standing.session;
        await stream.send({ $case: "offer", value: { sessionToken, manifestDigest, manifestSize, manifest: begin } });
        for (const part of parts) await stream.send({ $case: "manifestPart", value: { manifest: part } });
        let event = await stream.next();
        if (event.kind === "frame") event = await stream.next(); // the Need can have been on its way
        const result = event.kind === "refused" ? event : ({ kind: "answered", value: event } as const);
        expectRefusal(result, what, { code: "UNEXPECTED_MESSAGE", clause: "SYNC-032" });
      }
      await standing.expectUnchanged();
    },
  },
];

/** One case of many manifests, each with one fault, none of which may leave a trace. */
function faultyManifests(id: string, title: string, manifests: MalformedManifests): AgentCase {
  return {
    id,
    clauses: ["SYNC-001"],
    title,
    twin: "manifest-canonical-accepted",
    async run(context) {
      const standing = await standingInstance(context);
      for (const [what, manifest] of Object.entries(manifests))
        await expectInvalid(standing, what, manifestOf(manifest));
      await standing.expectUnchanged();
    },
  };
}

/** Nothing is said of the Need that answers a manifest which has to be refused. */
async function expectInvalid({ peer, session }: StandingInstance, what: string, { manifest, digest }: Release) {
  const stream = peer.stream();
  const { sessionToken } = session;
  const offer = { sessionToken, manifestDigest: digest, manifestSize: BigInt(manifest.length), manifest };
  await stream.send({ $case: "offer", value: offer });
  const result = await readNeeds(stream);
  stream.cancel();
  expectRefusal(result, `a manifest with ${what}`, { code: "INVALID_MANIFEST", clause: "SYNC-001" });
}
