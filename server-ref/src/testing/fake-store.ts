import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { Codec, type Data } from "@berth/proto/messages/sync/v49/sync";
import { distinctContents, parseManifest } from "@berth/proto/rules/manifest";

/** What a fake agent's only instance holds. It takes nothing that the clauses of SYNC forbid, and says which one was broken. */
export class FakeStore {
  readonly contents = new Map<string, Buffer>();
  readonly partials = new Map<string, Buffer>();
  readonly generations = new Set<string>();

  /** The digests that a manifest names and the store lacks, without the content of no bytes. */
  missingOf(manifestBytes: Uint8Array): string[] {
    const parsed = parseManifest(manifestBytes);
    assert.ok(parsed.ok, "SYNC-003: the manifest is canonical");
    return distinctContents(parsed.manifest).flatMap(({ digest, sizeBytes }) =>
      sizeBytes > 0 && !this.contents.has(digest) ? [digest] : [],
    );
  }

  sizesOf(manifestBytes: Uint8Array): Map<string, number> {
    const parsed = parseManifest(manifestBytes);
    assert.ok(parsed.ok);
    return new Map(distinctContents(parsed.manifest).map(({ digest, sizeBytes }) => [digest, sizeBytes]));
  }

  /** Takes one Data of a stream that asked for `missing`. */
  take(
    { codec, rawSize, segments, payload }: Data,
    missing: ReadonlySet<string>,
    sizes: ReadonlyMap<string, number>,
  ): void {
    const raw = codec === Codec.CODEC_ZSTD ? zstdDecompressSync(payload) : Buffer.from(payload);
    assert.equal(raw.length, rawSize, "SYNC-041: the payload has its announced size");
    let start = 0;
    for (const { digest, offset, length } of segments) {
      const key = Buffer.from(digest).toString("hex");
      assert.ok(missing.has(key) && !this.contents.has(key), `SYNC-045: ${key} is missing`);
      const others = [...this.partials.keys()].filter((one) => one !== key && this.#touched.has(one));
      assert.deepEqual(others, [], "SYNC-040: each content is whole before the next begins");
      const held = this.partials.get(key) ?? Buffer.alloc(0);
      assert.ok(
        Number(offset) === held.length || offset === 0n,
        `SYNC-042: it continues at ${held.length}, not ${offset}`,
      );
      const grown = Buffer.concat([held.subarray(0, Number(offset)), raw.subarray(start, start + length)]);
      this.#touched.add(key);
      this.partials.set(key, grown);
      if (grown.length === sizes.get(key)) this.#complete(key, grown);
      start += length;
    }
    assert.equal(start, rawSize, "SYNC-041: the segments sum to it");
  }

  /** A new stream begins: what it holds in part, it may leave for later. */
  beginStream(): void {
    this.#touched.clear();
  }

  readonly #touched = new Set<string>();

  #complete(key: string, content: Buffer): void {
    assert.equal(
      createHash("sha256").update(content).digest("hex"),
      key,
      "SYNC-047: the bytes are those the digest names",
    );
    this.partials.delete(key);
    this.contents.set(key, content);
  }
}
