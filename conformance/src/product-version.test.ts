import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isBelowMinimum } from "./minimum-version.ts";
import { nextProductVersion, parseProductVersion } from "./product-version.ts";

describe("the version of a product", () => {
  it("is what follows the last space", () => {
    assert.deepEqual(parseProductVersion("Other Product 2.0"), { product: "Other Product", productVersion: "2.0" });
  });

  for (const text of [
    "",
    "Otter",
    "2.2.10",
    "Otter 2.2.x",
    "Otter 2..2",
    " Otter 2",
    "Otter  2",
    "Ötter 2",
    `${"O".repeat(65)} 1`,
  ]) {
    it(`is refused where an agent would refuse it: ${JSON.stringify(text)}`, () => {
      assert.equal(parseProductVersion(text), undefined);
    });
  }

  it("is compared with its product's minimum number by number", () => {
    const below = (text: string) => isBelowMinimum(parseProductVersion(text)!);
    assert.deepEqual(
      ["BuildMaster 6.1.9", "BuildMaster 6.1.20", "buildmaster 6.1.19.7", "Otter 2.2.9", "Otter 2.2.10", "Other 0"].map(
        below,
      ),
      [true, false, true, true, false, false],
    );
  });

  it("is followed by a later one", () => {
    assert.deepEqual(nextProductVersion({ product: "Otter", productVersion: "2.2.9" }), {
      product: "Otter",
      productVersion: "3.2.9",
    });
  });
});
