import { sha256 } from "../../material/sha256.ts";

const digest = sha256(Buffer.from("hello")).toString("hex");
const packageLine = "extension Files 1.4.0";
const fileLine = `file ${digest} 5 lib/hello.txt`;

/** Manifests with one fault each, by what is said of the fault; SYNC-001 refuses them all. `manifestOf` makes an offer of one. */
export type MalformedManifests = Readonly<Record<string, string | Uint8Array>>;

/** SYNC-001: bytes or lines that are not in canonical form. */
export const MANIFESTS_WITH_MALFORMED_LINES: MalformedManifests = {
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
};

/** SYNC-001: malformed digests and sizes, one content with two sizes, and files out of order. */
export const MANIFESTS_WITH_MALFORMED_FILES: MalformedManifests = {
  "a digest in capitals": lines("berth-manifest 1", packageLine, fileLine.replace(digest, digest.toUpperCase())),
  "a digest too short": lines("berth-manifest 1", packageLine, fileLine.replace(digest, digest.slice(1))),
  "a digest too long": lines("berth-manifest 1", packageLine, fileLine.replace(digest, `${digest}0`)),
  "a digest that is no number": lines("berth-manifest 1", packageLine, fileLine.replace(digest, `g${digest.slice(1)}`)),
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
  "files in an order without case": lines("berth-manifest 1", packageLine, `file ${digest} 5 a`, `file ${digest} 5 B`),
};

/** SYNC-001: malformed names, versions and entries, packages without files, packages out of order or twice. */
export const MANIFESTS_WITH_MALFORMED_PACKAGES: MalformedManifests = {
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
};

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
