import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { Isolation, type NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { after, before, describe, it } from "mocha";
import type { AgentVersion } from "../handshake/agent-version.ts";
import { defaultLimits } from "../limits.ts";
import { refusedWith } from "../testing/refused-with.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";

const { ISOLATION_INSTANCE_ID, ISOLATION_PRODUCT } = Isolation;

for (const agentVersion of [42, 43, 44, 45, 46] as const satisfies AgentVersion[]) {
  const knowsInstanceId = agentVersion >= 44;

  describe(`a greeting to an agent of version ${agentVersion}`, () => {
    let agent: TestAgent;

    before(async () => {
      agent = await startTestAgent({ agentVersion });
    });

    after(() => agent[Symbol.asyncDispose]());

    const greet = (request: Partial<NegotiateRequest> = {}) => agent.client.negotiate(request);

    it(`agrees on dialect ${knowsInstanceId ? 44 : 1} with a server that speaks all`, async () => {
      const answer = await greet();
      assert.deepEqual([answer.agentVersion, answer.dialect], [agentVersion, knowsInstanceId ? 44 : 1]);
      assert.deepEqual([answer.isolation, answer.instanceName], [ISOLATION_PRODUCT, "p-buildmaster/shared"]);
    });

    it("agrees on dialect 1 with a server that speaks no other, and sees no InstanceId, good or bad", async () => {
      for (const instanceId of ["blue", "ä", "x".repeat(65)]) {
        const answer = await greet({ dialects: { lowest: 1, highest: 1 }, instanceId, productVersion: "6.1.19" });
        assert.equal(answer.dialect, 1);
        assert.deepEqual([answer.isolation, answer.instanceName], [ISOLATION_PRODUCT, "p-buildmaster/shared"]);
      }
    });

    it("gets neither features nor a generation nor an owner, whatever the server says", async () => {
      const odd = { serverId: "no UUID", features: ["!", "server-identity@1"], wantedManifestDigest: randomBytes(7) };
      const good = { serverId: randomUUID(), wantedManifestDigest: randomBytes(32) };
      for (const request of [odd, good, { ...good, serverId: randomUUID() }]) {
        const { features, generationPresent } = await greet({ instanceId: "blue", ...request });
        assert.deepEqual([features, generationPresent], [[], false]);
      }
    });

    it("is told zero for the limits that the dialect does not have, and the others as they are", async () => {
      const { limits } = await greet();
      const absent = ["maxFiles", "maxManifestBytes", "instanceQuotaBytes", "maxWaitMs", "maxOutputBytes"] as const;
      for (const name of [...absent, "ownershipWindowMs"] as const) assert.equal(Number(limits?.[name]), 0, name);
      for (const name of ["maxMessageBytes", "maxDataBytes", "sessionIdleMs", "syncIdleMs"] as const)
        assert.equal(limits?.[name], defaultLimits[name], name);
      for (const name of ["maxOperations", "maxOperationMs", "maxArgumentBytes"] as const)
        assert.equal(limits?.[name], defaultLimits[name], name);
    });

    it("is refused with the side to upgrade when no dialect is common", async () => {
      const old = knowsInstanceId ? { lowest: 2, highest: 43 } : undefined;
      if (old) await refusedWith("ERROR_CODE_SERVER_TOO_OLD", greet({ dialects: old }));
      const refusal = await refusedWith("ERROR_CODE_AGENT_TOO_OLD", greet({ dialects: { lowest: 49, highest: 49 } }));
      assert.deepEqual(
        [refusal.details.agent_lowest, refusal.details.agent_highest],
        ["1", knowsInstanceId ? "44" : "1"],
      );
      await refusedWith("ERROR_CODE_MALFORMED_REQUEST", greet({ dialects: undefined }));
    });

    it("is refused for a product or version that no agent takes, before anything else", async () => {
      const nothingGood = { product: "", productVersion: "x", instanceId: "ä", dialects: undefined };
      await refusedWith("ERROR_CODE_INVALID_PRODUCT", greet(nothingGood));
      await refusedWith("ERROR_CODE_INVALID_PRODUCT_VERSION", greet({ ...nothingGood, product: "Otter" }));
    });

    if (knowsInstanceId) {
      it("names the instance of product and InstanceId in dialect 44", async () => {
        const answer = await greet({ instanceId: " Blue " });
        assert.deepEqual([answer.isolation, answer.instanceName], [ISOLATION_INSTANCE_ID, "p-buildmaster/i-blue"]);
      });

      it("is refused in dialect 44 for an InstanceId outside its rule, and for one below the product's minimum", async () => {
        await refusedWith("ERROR_CODE_INVALID_INSTANCE_ID", greet({ instanceId: "ä" }));
        const below = greet({ instanceId: "blue", productVersion: "6.1.19" });
        const refusal = await refusedWith("ERROR_CODE_INSTANCING_UNSUPPORTED", below);
        assert.equal(refusal.details.minimum_version, "6.1.20");
        assert.equal((await greet({ productVersion: "6.1.19" })).isolation, ISOLATION_PRODUCT);
      });
    }
  });
}
