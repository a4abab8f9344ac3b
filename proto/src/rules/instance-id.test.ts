import assert from "node:assert/strict";
import fc from "fast-check";
import { parseInstanceId } from "./instance-id.ts";

describe("InstanceIds", () => {
  it("are the same with any spaces and tabs around them, in any case", () => {
    const blanks = fc.string({ unit: fc.constantFrom(" ", "\t"), maxLength: 80 });
    const ids = fc.constantFrom("east", "East 1", "a_b", "~");
    fc.assert(
      fc.property(blanks, ids, blanks, (before, id, after) => {
        assert.deepEqual(parseInstanceId(before + id.toUpperCase() + after), parseInstanceId(id));
      }),
    );
  });

  it("that fill a whole message with blanks are refused without delay", function () {
    this.timeout(2_000);
    assert.equal(parseInstanceId(`a${" \t".repeat(500_000)}b`).ok, false);
  });
});
