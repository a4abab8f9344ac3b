import assert from "node:assert/strict";
import fc from "fast-check";
import { EMPTY_CONTENT_DIGEST, formatDigest, sha256 } from "./digest.ts";
import { formatManifest, type Manifest, type ManifestFile, type Package, parseManifest } from "./manifest.ts";
import { compareUtf8 } from "./utf8-order.ts";

const names = fc.constantFrom("A", "b", "C.1", "d-2", "E_3");
const segments = fc.constantFrom("a", "b c", ".x", "ä", "\u{ff21}", "\u{1f9a6}", "a-b", "read.me");
const paths = fc.array(segments, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

const files: fc.Arbitrary<ManifestFile> = fc
  .record({
    path: paths,
    content: fc.nat(5),
    executable: fc.boolean(),
  })
  .map(({ path, content, executable }) => ({
    path,
    digest: content === 0 ? EMPTY_CONTENT_DIGEST : formatDigest(sha256(Buffer.from([content]))),
    sizeBytes: content,
    executable,
  }));

/** Files of which none is another's folder. */
const fileSets = fc
  .uniqueArray(files, { selector: ({ path }) => path, minLength: 1, maxLength: 8 })
  .map((all) => all.filter((file) => !all.some((other) => other.path.startsWith(`${file.path}/`))));

const extensions: fc.Arbitrary<Package[]> = fc
  .uniqueArray(names, { maxLength: 5 })
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((name) =>
        fileSets.map((set): Package => ({ kind: "extension", name, version: "1+x", files: set })),
      ),
    ),
  );

const hosts: fc.Arbitrary<Package[]> = fc.option(fileSets, { nil: [] }).map((set) => {
  const [first, ...rest] = set;
  if (!first) return [];
  return [
    { kind: "host", name: "h", version: "2", entry: first.path, files: [{ ...first, executable: true }, ...rest] },
  ];
});

const manifests: fc.Arbitrary<Manifest> = fc
  .tuple(extensions, hosts)
  .map(([some, host]) => ({ packages: [...host, ...some] }));

describe("manifests", () => {
  it("come back from their text as they were, in canonical order", () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const bytes = formatManifest(manifest);
        const parsed = parseManifest(bytes);
        assert.ok(parsed.ok);
        assert.deepEqual(formatManifest(parsed.manifest), bytes);
        const byName = (a: Package, b: Package) => compareUtf8(a.name, b.name);
        const sorted = manifest.packages.map((one) => ({
          ...one,
          files: one.files.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
        }));
        assert.deepEqual(parsed.manifest.packages.toSorted(byName), sorted.toSorted(byName));
      }),
    );
  });

  it("are refused, or say exactly what their bytes say, whatever single byte is changed", () => {
    fc.assert(
      fc.property(manifests, fc.nat(), fc.nat(255), (manifest, position, byte) => {
        const bytes = formatManifest(manifest);
        bytes[position % bytes.length] = byte;
        const parsed = parseManifest(bytes);
        if (parsed.ok) assert.deepEqual(formatManifest(parsed.manifest), bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  it("are refused when any byte is missing at the end", () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const bytes = formatManifest(manifest);
        assert.equal(parseManifest(bytes.subarray(0, -1)).ok, false);
      }),
    );
  });

  const file: ManifestFile = { path: "a", digest: "1".repeat(64), sizeBytes: 1, executable: false };
  const faults: [string, Package][] = [
    ["a line feed in a path", { kind: "extension", name: "A", version: "1", files: [{ ...file, path: "a\nb" }] }],
    ["a climbing entry point", { kind: "host", name: "A", version: "1", entry: "../a", files: [file] }],
    ["a space in a name", { kind: "extension", name: "A 1", version: "1", files: [file] }],
    ["a space in a version", { kind: "extension", name: "A", version: "1 2", files: [file] }],
    [
      "a digest in upper case",
      { kind: "extension", name: "A", version: "1", files: [{ ...file, digest: "A".repeat(64) }] },
    ],
    [
      "a size that is no whole number",
      { kind: "extension", name: "A", version: "1", files: [{ ...file, sizeBytes: 0.5 }] },
    ],
    ["a negative size", { kind: "extension", name: "A", version: "1", files: [{ ...file, sizeBytes: -1 }] }],
  ];
  for (const [what, one] of faults) {
    it(`are not written with ${what}`, () => {
      assert.throws(() => formatManifest({ packages: [one] }), RangeError);
    });
  }

  it("of 100,000 files are read within seconds", function () {
    this.timeout(10_000);
    const many = Array.from({ length: 100_000 }, (_, i) => ({
      ...file,
      path: `lib/ordner-ä/${i % 100}/file-${i}.txt`,
      digest: i.toString(16).padStart(64, "0"),
    }));
    const bytes = formatManifest({ packages: [{ kind: "extension", name: "A", version: "1", files: many }] });
    assert.ok(parseManifest(bytes).ok);
  });
});

describe("the order of UTF-8", () => {
  it("is the order of the bytes", () => {
    const texts = fc.string({
      unit: fc.constantFrom("a", "b", "é", "\u{d7ff}", "\u{e000}", "\u{ff21}", "\u{10000}", "\u{1f9a6}"),
    });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        assert.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
