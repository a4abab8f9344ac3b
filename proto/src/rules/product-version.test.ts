import assert from "node:assert/strict";
import fc from "fast-check";
import { compareProductVersions, parseProductVersion } from "./product-version.ts";

// Small numbers often, so that equal ones and missing ones meet.
const numbers = fc.oneof(fc.nat(2), fc.nat(999_999_999));
const versions = fc.array(numbers, { minLength: 1, maxLength: 8 }).map((parts) => parts.join("."));

describe("product versions", () => {
  it("compare the same way round from both sides", () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        assert.equal(compareProductVersions(a, b), 0 - compareProductVersions(b, a));
      }),
    );
  });

  it("are equal to themselves, with zeros after them or before their digits", () => {
    fc.assert(
      fc.property(versions, (version) => {
        assert.equal(compareProductVersions(version, version), 0);
        assert.equal(compareProductVersions(version, `${version}.0.0`), 0);
        assert.equal(compareProductVersions(version, `0${version}`), 0);
      }),
    );
  });

  it("have an order that carries over from one pair to the next", () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        const [lowest, middle, highest] = [a, b, c].sort(compareProductVersions);
        assert.ok(compareProductVersions(lowest!, middle!) <= 0);
        assert.ok(compareProductVersions(middle!, highest!) <= 0);
        assert.ok(compareProductVersions(lowest!, highest!) <= 0);
      }),
    );
  });

  it("are accepted as they are generated", () => {
    fc.assert(fc.property(versions, (version) => parseProductVersion(version).ok));
  });
});
