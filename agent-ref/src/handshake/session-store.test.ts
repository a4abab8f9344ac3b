import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { refusedWith } from "../testing/refused-with.ts";
import { startTestAgent } from "../testing/test-agent.ts";
import { createSessionStore } from "./session-store.ts";

const MALFORMED = { product: "" };

describe("the number of sessions", () => {
  for (const agentVersion of [42, 46, 51] as const) {
    it(`of one address is bounded on an agent ${agentVersion}, and looked at before anything else (HS-035)`, async () => {
      await using agent = await startTestAgent({ agentVersion, limits: { maxSessions: 2 } });
      for (let count = 0; count < 2; count++) await agent.client.negotiate();
      await refusedWith("ERROR_CODE_TOO_MANY_SESSIONS", agent.client.negotiate());
      await refusedWith("ERROR_CODE_TOO_MANY_SESSIONS", agent.client.negotiate(MALFORMED));
    });
  }

  it("is not raised by greetings that are refused", async () => {
    await using agent = await startTestAgent({ limits: { maxSessions: 1 } });
    for (let count = 0; count < 3; count++) {
      await refusedWith("ERROR_CODE_INVALID_PRODUCT", agent.client.negotiate(MALFORMED));
    }
    await agent.client.negotiate();
  });

  it("does not bound another address, and falls when a session has ended", async () => {
    const store = createSessionStore<string>({ sessionIdleMs: 1n, maxSessions: 1 });
    const begin = (peerAddress: string) =>
      store.begin({ session: "", peerAddress, callBegins: () => () => {}, onEnd: () => {} });
    begin("192.0.2.1");
    begin("192.0.2.2");
    assert.throws(() => begin("192.0.2.1"), { code: "TOO_MANY_SESSIONS" });
    const begunMs = performance.now();
    while (performance.now() < begunMs + 3) await new Promise(setImmediate);
    begin("192.0.2.1");
    store.close();
  });

  it("has no bound where the limit is zero", () => {
    const store = createSessionStore<string>({ sessionIdleMs: 0n, maxSessions: 0 });
    for (let count = 0; count < 5; count++) {
      store.begin({ session: "", peerAddress: "192.0.2.1", callBegins: () => () => {}, onEnd: () => {} });
    }
    store.close();
  });
});
