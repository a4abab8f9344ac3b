import assert from "node:assert/strict";
import { isIP } from "node:net";
import fc from "fast-check";
import { canonicalPeerAddress } from "./peer-address.ts";

/** Eight groups, zero more often than not, so that runs of zeros meet. */
const groups = fc.array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});

function full(parts: readonly number[]): string {
  return parts.map((part) => part.toString(16).padStart(4, "0")).join(":");
}

/** The same address with the zeros from `start` to `end` left out. */
function shortened(parts: readonly number[], start: number, end: number): string {
  const text = (some: readonly number[]) => some.map((part) => part.toString(16)).join(":");
  return `${text(parts.slice(0, start))}::${text(parts.slice(end))}`;
}

function spellings(parts: readonly number[]): string[] {
  const all = [full(parts), full(parts).toUpperCase(), `${full(parts)}%eth0`];
  for (let start = 0; start < parts.length; start++) {
    for (let end = start + 1; end <= parts.length && parts[end - 1] === 0; end++)
      all.push(shortened(parts, start, end));
  }
  const [high = 0, low = 0] = parts.slice(6);
  all.push(`${full(parts.slice(0, 6))}:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
  return all;
}

describe("peer addresses", () => {
  it("have one canonical form for every spelling of one address", () => {
    fc.assert(
      fc.property(groups, (parts) => {
        assert.equal(new Set(spellings(parts).map(canonicalPeerAddress)).size, 1);
      }),
    );
  });

  it("are canonical when they are made canonical once", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.ipV4(), groups.map(full)), (address) => {
        const canonical = canonicalPeerAddress(address)!;
        assert.notEqual(isIP(canonical), 0);
        assert.equal(canonicalPeerAddress(canonical), canonical);
      }),
    );
  });

  it("differ in canonical form where the addresses differ", () => {
    fc.assert(
      fc.property(groups, groups, (a, b) => {
        assert.equal(canonicalPeerAddress(full(a)) === canonicalPeerAddress(full(b)), full(a) === full(b));
      }),
    );
  });

  it("are IPv4 where IPv6 only maps it", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        assert.equal(canonicalPeerAddress(`::ffff:${address}`), address);
      }),
    );
  });

  it("agree with the URL parser, which shortens by the same rule", () => {
    fc.assert(
      fc.property(groups, (parts) => {
        const mapped = full(parts).startsWith("0000:0000:0000:0000:0000:ffff:");
        if (!mapped)
          assert.equal(`[${canonicalPeerAddress(full(parts))}]`, new URL(`http://[${full(parts)}]/`).hostname);
      }),
    );
  });
});
