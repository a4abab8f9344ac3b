import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { releaseOf } from "../../material/release.ts";
import { extensionOf } from "../../material/shell-host.ts";
import { ConformanceFailure } from "../../runner/failure.ts";
import { lackingFrom } from "./check-need.ts";

const release = releaseOf(extensionOf("x", { a: "first", b: "second", c: "" }));
const [first, second, empty] = [...release.contents.keys()].map((digest) => Buffer.from(digest, "hex")) as [
  Buffer,
  Buffer,
  Buffer,
];

describe("what an agent says it lacks", () => {
  it("is read from several Needs in order, with what is held", () => {
    const lacking = lackingFrom(release, [
      { missing: [first], partials: [{ digest: first, heldBytes: 2n }], complete: false },
      { missing: [second], partials: [], complete: true },
    ]);
    assert.deepEqual(lacking.missing, [first.toString("hex"), second.toString("hex")]);
    assert.deepEqual([...lacking.held], [[first.toString("hex"), 2]]);
  });

  for (const [fault, need] of Object.entries({
    "a digest the manifest does not name": { missing: [Buffer.alloc(32)], partials: [] },
    "a digest of another length": { missing: [first.subarray(1)], partials: [] },
    "the content of no bytes": { missing: [empty], partials: [] },
    "a digest twice": { missing: [first, first], partials: [] },
    "another order": { missing: [second, first], partials: [] },
    "a partial of what is not missing": { missing: [first], partials: [{ digest: second, heldBytes: 1n }] },
    "a partial of no bytes": { missing: [first], partials: [{ digest: first, heldBytes: 0n }] },
    "a partial of all bytes": { missing: [first], partials: [{ digest: first, heldBytes: 5n }] },
  })) {
    it(`is the agent's failure with ${fault}`, () => {
      assert.throws(() => lackingFrom(release, [{ ...need, complete: true }]), ConformanceFailure);
    });
  }
});
