import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { agentByAddress } from "../attach/agent-by-address.ts";
import type { ServerTarget } from "../attach/target.ts";
import type { AgentCase, CaseRecord, ServerCase } from "../case.ts";
import { expectThat } from "../expect/equal.ts";
import { type AgentPeer, type AgentPeerOptions, startAgentPeer } from "../peers/agent-peer.ts";
import { USUAL_PRODUCT_VERSION } from "../product-version.ts";
import { startTranscript } from "../report/transcript.ts";
import { agentSurroundings } from "./agent-suite.ts";
import { type CaseSurroundings, executeCase } from "./execute-case.ts";
import { probeNegotiate } from "./negotiate-probe.ts";
import { serverSurroundings } from "./server-suite.ts";

const RUN = { seed: "5eed", nonce: "abc", timeScale: 1, packages: [] };
const ABOUT = { id: "greets", clauses: ["HS-001"], title: "it greets" } as const satisfies CaseRecord;
/** A number that no uint32 is, so that a message with it cannot be serialized. */
const NO_UINT32 = -1;

describe("a message that is wrong is blamed on the end that sent it:", () => {
  let agent: AgentPeer | undefined;
  afterEach(async () => {
    await agent?.close();
    agent = undefined;
  });

  async function ended<Case extends CaseRecord>(record: Case, surroundings: CaseSurroundings<Case>) {
    const { outcome, failure, reason } = await executeCase(record, "MUST", surroundings);
    return { outcome, code: failure?.code, clause: failure?.clause, reason };
  }

  async function judgedAgent(options: AgentPeerOptions, run: AgentCase["run"]) {
    agent = await startAgentPeer({ transcript: startTranscript() }, options);
    const facts = { agentVersion: 49, features: [] };
    return ended({ ...ABOUT, run }, agentSurroundings(agentByAddress(agent.address), facts, RUN, 0));
  }

  /** The server under test greets whatever agent the case starts. */
  function judgedServer(options: AgentPeerOptions) {
    const server: ServerTarget = {
      install: () => Promise.reject(new Error("this server is driven by the case itself")),
    };
    const run: ServerCase["run"] = async (context) => {
      const peer = await context.agent(options);
      const answer = await probeNegotiate(peer.address, [], 5_000);
      peer.requireFaithful();
      expectThat(answer.kind === "answered", answer.kind, { code: "refused", what: "an answer" });
    };
    return ended({ ...ABOUT, run }, serverSurroundings(server, USUAL_PRODUCT_VERSION, RUN));
  }

  it("the agent's, where its answer breaks a clause", async () => {
    const found = await judgedAgent(
      { version: 47 },
      async (context) => void (await (await context.connect()).session()),
    );
    assert.deepEqual([found.outcome, found.code, found.clause], ["fail", "negotiate-answer-wrong", "HS-006"]);
  });

  it("the suite's, where its server sends what is no message", async () => {
    const found = await judgedAgent({}, async (context) => {
      await (await context.connect()).session({ dialects: { lowest: NO_UINT32, highest: 49 } });
    });
    assert.equal(found.outcome, "harness-error", found.code);
    assert.match(found.reason ?? "", /uint ?32/i);
  });

  it("nobody's, where a server meets a faithful agent of the suite's", async () => {
    assert.equal((await judgedServer({})).outcome, "pass");
  });

  it("the suite's, where its agent answers with what is no message, whatever the server makes of that", async () => {
    const found = await judgedServer({ limits: { maxFiles: NO_UINT32 } });
    assert.equal(found.outcome, "harness-error", found.code);
    assert.match(found.reason ?? "", /the agent of the suite failed: .*uint ?32/i);
  });
});
