import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { offersWithDigestsOfOtherLength } from "../../src/mallory/server/digests-of-other-length.ts";
import { lyingOffers } from "../../src/mallory/server/lying-offers.ts";
import { type MaterialPackage, manifestOf, type Release, releaseOf } from "../../src/material/release.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { readNeeds } from "../../src/peers/server-peer/open-sync.ts";
import { releaseNamed, type StandingInstance, standingInstance } from "./standing-instance.ts";

const content = "hello";
const digest = sha256(Buffer.from(content)).toString("hex");
const packageLine = "extension Files 1.4.0";
const fileLine = `file ${digest} 5 lib/hello.txt`;

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
  faultyManifests("manifest-lines-malformed", "A manifest whose bytes or lines are not in canonical form is refused", {
    "no bytes at all": "",
    "a first line of another version": lines("berth-manifest 2", packageLine, fileLine),
    "a first line with more in it": lines("berth-manifest 1 ", packageLine, fileLine),
    "a byte order mark": `\ufeff${lines("berth-manifest 1", packageLine, fileLine)}`,
    "bytes that are not UTF-8": Buffer.concat([
      Buffer.from(lines("berth-manifest 1", packageLine)),
      Buffer.from(`file ${digest} 5 a\xff\n`, "latin1"),
    ]),
    "a surrogate in UTF-8": Buffer.concat([
      Buffer.from(lines("berth-manifest 1", packageLine)),
      Buffer.from(`file ${digest} 5 a\xed\xa0\x80\n`, "latin1"),
    ]),
    "no LF at the end": lines("berth-manifest 1", packageLine, fileLine).slice(0, -1),
    "CR LF": lines("berth-manifest 1", packageLine, fileLine).replaceAll("\n", "\r\n"),
    "an empty line": lines("berth-manifest 1", packageLine, "", fileLine),
    "an empty line at the end": lines("berth-manifest 1", packageLine, fileLine, ""),
    "a file before any package": lines("berth-manifest 1", fileLine),
    "a line of an unknown kind": lines("berth-manifest 1", packageLine, fileLine, `link ${digest} 5 lib/link`),
    "a keyword in capitals": lines("berth-manifest 1", packageLine.replace("e", "E"), fileLine),
    "two spaces between fields": lines("berth-manifest 1", "extension  Files 1.4.0", fileLine),
    "a tab between fields": lines("berth-manifest 1", "extension\tFiles 1.4.0", fileLine),
    "a space before a line": lines("berth-manifest 1", ` ${packageLine}`, fileLine),
    "a field too many": lines("berth-manifest 1", `${packageLine} bin/host`, fileLine),
    "a field too few": lines("berth-manifest 1", "extension Files", fileLine),
    "a NUL": lines("berth-manifest 1", packageLine.replace("F", "\0"), fileLine),
    "a path with a line feed": lines("berth-manifest 1", packageLine, `file ${digest} 5 lib\nhello.txt`),
  }),
  faultyManifests(
    "manifest-files-malformed",
    "A manifest with a malformed digest or size, or files out of order, is refused",
    {
      "a digest in capitals": lines("berth-manifest 1", packageLine, fileLine.replace(digest, digest.toUpperCase())),
      "a digest too short": lines("berth-manifest 1", packageLine, fileLine.replace(digest, digest.slice(1))),
      "a digest too long": lines("berth-manifest 1", packageLine, fileLine.replace(digest, `${digest}0`)),
      "a digest that is no number": lines(
        "berth-manifest 1",
        packageLine,
        fileLine.replace(digest, `g${digest.slice(1)}`),
      ),
      "a size with a leading zero": lines("berth-manifest 1", packageLine, `file ${digest} 05 a`),
      "a size with a sign": lines("berth-manifest 1", packageLine, `file ${digest} +5 a`),
      "a size below zero": lines("berth-manifest 1", packageLine, `file ${digest} -5 a`),
      "a size in hexadecimal digits": lines("berth-manifest 1", packageLine, `file ${digest} 0x5 a`),
      "a size with a fraction": lines("berth-manifest 1", packageLine, `file ${digest} 5.0 a`),
      "a size of 2^53": lines("berth-manifest 1", packageLine, `file ${digest} 9007199254740992 a`),
      "a size beyond 64 bits": lines("berth-manifest 1", packageLine, `file ${digest} 18446744073709551621 a`),
      "one digest with two sizes": lines("berth-manifest 1", packageLine, `file ${digest} 5 a`, `file ${digest} 6 b`),
      "one digest with two sizes in two packages": lines(
        "berth-manifest 1",
        "extension A 1",
        `file ${digest} 5 a`,
        "extension B 1",
        `file ${digest} 6 a`,
      ),
      "files out of order": lines("berth-manifest 1", packageLine, `file ${digest} 5 b`, `file ${digest} 5 a`),
      "files in the order of UTF-16": lines(
        "berth-manifest 1",
        packageLine,
        `file ${digest} 5 \u{1f600}`,
        `file ${digest} 5 \uffee`,
      ),
      "files in an order without case": lines(
        "berth-manifest 1",
        packageLine,
        `file ${digest} 5 a`,
        `file ${digest} 5 B`,
      ),
    },
  ),
  faultyManifests(
    "manifest-packages-malformed",
    "A manifest with a malformed name or version, or packages out of order, is refused",
    {
      "a package without files": lines("berth-manifest 1", packageLine),
      "a package without files before another": lines(
        "berth-manifest 1",
        "extension A 1",
        "extension B 1",
        `file ${digest} 5 a`,
      ),
      "packages out of order": lines(
        "berth-manifest 1",
        "extension B 1",
        `file ${digest} 5 a`,
        "extension A 1",
        `file ${digest} 5 a`,
      ),
      "a host before an extension": lines(
        "berth-manifest 1",
        "host H 1 a",
        `exec ${digest} 5 a`,
        "extension A 1",
        `file ${digest} 5 a`,
      ),
      "one package twice": lines(
        "berth-manifest 1",
        "extension A 1",
        `file ${digest} 5 a`,
        "extension A 1",
        `file ${digest} 5 b`,
      ),
      "one package in two versions": lines(
        "berth-manifest 1",
        "extension A 1",
        `file ${digest} 5 a`,
        "extension A 2",
        `file ${digest} 5 a`,
      ),
      "names equal without case": lines(
        "berth-manifest 1",
        "extension FILES 1",
        `file ${digest} 5 a`,
        "extension files 1",
        `file ${digest} 5 a`,
      ),
      "two hosts": lines("berth-manifest 1", "host A 1 a", `exec ${digest} 5 a`, "host B 1 a", `exec ${digest} 5 a`),
      "an entry that is no file of the package": lines("berth-manifest 1", "host A 1 b", `exec ${digest} 5 a`),
      "an entry in another package": lines(
        "berth-manifest 1",
        "extension A 1",
        `exec ${digest} 5 b`,
        "host B 1 b",
        `exec ${digest} 5 a`,
      ),
      "an entry that is not exec": lines("berth-manifest 1", "host A 1 a", `file ${digest} 5 a`),
      "a host without entry": lines("berth-manifest 1", "host A 1", `exec ${digest} 5 a`),
      ...Object.fromEntries(
        [
          "-a",
          ".a",
          "_a",
          "a.",
          "a/b",
          "a\\b",
          "..",
          "\u00e9",
          "a+b",
          "a:b",
          "CON",
          "nul",
          "com1.x",
          "lpt9",
          "a".repeat(101),
        ].map((name) => [`the name ${name}`, lines("berth-manifest 1", `extension ${name} 1`, `file ${digest} 5 a`)]),
      ),
      ...Object.fromEntries(
        ["1/2", "..%", "\u00e91", "1:2", "1~2", "1".repeat(65)].map((version) => [
          `the version ${version}`,
          lines("berth-manifest 1", `extension A ${version}`, `file ${digest} 5 a`),
        ]),
      ),
    },
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
function faultyManifests(
  id: string,
  title: string,
  manifests: Readonly<Record<string, string | Uint8Array>>,
): AgentCase {
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

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
