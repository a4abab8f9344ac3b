import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ChangeSignal } from "./change-signal.ts";

describe("waiting for a change", () => {
  const never = new AbortController().signal;
  const longMs = 2 ** 31 - 1;

  it("ends when the condition holds, and not with any other change", async () => {
    const change = new ChangeSignal();
    let ready = false;
    let ended = false;
    const waiting = change
      .waitUntil(() => ready, longMs, never)
      .then(() => {
        ended = true;
      });
    change.notify();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(ended, false);
    ready = true;
    change.notify();
    await waiting;
  });

  it("ends at once when the condition holds, nothing may be waited, or the caller has gone", async () => {
    const change = new ChangeSignal();
    await change.waitUntil(() => true, longMs, never);
    await change.waitUntil(() => false, 0, never);
    await change.waitUntil(() => false, longMs, AbortSignal.abort());
  });

  it("waits out a time that is longer than a timer takes", async () => {
    const change = new ChangeSignal();
    const caller = new AbortController();
    const waiting = change.waitUntil(() => false, 2 ** 40, caller.signal).then(() => "ended");
    const later = new Promise((resolve) => setTimeout(resolve, 20, "waits"));
    assert.equal(await Promise.race([waiting, later]), "waits");
    caller.abort();
    await waiting;
  });

  it("ends when its time has passed or the caller goes", async () => {
    const change = new ChangeSignal();
    await change.waitUntil(() => false, 1, never);
    const caller = new AbortController();
    const waiting = change.waitUntil(() => false, longMs, caller.signal);
    caller.abort();
    await waiting;
  });
});
