import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createIdleness } from "./idleness.ts";

describe("the idle time of an instance", () => {
  let nowMs = 0;
  const started = (beforeMs: number) => {
    nowMs = 1_000;
    return createIdleness(beforeMs, () => nowMs);
  };

  it("goes on where it ended in a former life", () => {
    const idleness = started(500);
    nowMs += 30;
    assert.equal(idleness.measureMs(false), 530);
  });

  it("ends when somebody enters, and begins anew when the last has left", () => {
    const idleness = started(500);
    const [leave, leaveToo] = [idleness.enter(), idleness.enter()];
    nowMs += 100;
    leave();
    leave();
    nowMs += 100;
    assert.equal(idleness.measureMs(false), 0);
    leaveToo();
    nowMs += 20;
    assert.equal(idleness.measureMs(false), 20);
  });

  it("ends where what did not enter uses the instance, and begins anew at the last time that was seen", () => {
    const idleness = started(0);
    nowMs += 100;
    assert.equal(idleness.measureMs(true), 0);
    nowMs += 40;
    assert.equal(idleness.measureMs(false), 40);
  });
});
