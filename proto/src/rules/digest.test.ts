import assert from "node:assert/strict";
import fc from "fast-check";
import { EMPTY_CONTENT_DIGEST, formatDigest, isDigest, parseDigest, sha256 } from "./digest.ts";

describe("digests", () => {
  it("of known bytes are those that sha256sum prints", () => {
    assert.equal(formatDigest(sha256(new Uint8Array())), EMPTY_CONTENT_DIGEST);
    assert.equal(
      formatDigest(sha256(Buffer.from("hello"))),
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    );
  });

  it("come back from their digits as they were", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        assert.deepEqual(Uint8Array.from(parseDigest(formatDigest(bytes))!), bytes);
      }),
    );
  });

  it("have exactly 32 bytes and 64 lower-case digits", () => {
    for (const length of [0, 31, 33]) {
      assert.equal(isDigest(new Uint8Array(length)), false);
      assert.throws(() => formatDigest(new Uint8Array(length)), RangeError);
    }
    for (const text of [
      "",
      EMPTY_CONTENT_DIGEST.slice(1),
      `${EMPTY_CONTENT_DIGEST}0`,
      EMPTY_CONTENT_DIGEST.toUpperCase(),
    ]) {
      assert.equal(parseDigest(text), undefined);
    }
  });
});
