import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { selectExpired } from "./retention.ts";

describe("the retention of ended operations", () => {
  const ended = [3, 1, 2].map((endedAtMs) => ({ operationId: `ended at ${endedAtMs}`, endedAtMs }));

  it("drops the oldest beyond the count", () => {
    assert.deepEqual(selectExpired(ended, 3, { maxOperations: 1, maxAgeMs: 100 }), ["ended at 2", "ended at 1"]);
  });

  it("drops what is older than the age, and keeps what is of that age exactly", () => {
    assert.deepEqual(selectExpired(ended, 12, { maxOperations: 3, maxAgeMs: 10 }), ["ended at 1"]);
  });

  it("keeps what ended in the future of a clock that was set back", () => {
    assert.deepEqual(selectExpired(ended, 0, { maxOperations: 3, maxAgeMs: 10 }), []);
  });
});
