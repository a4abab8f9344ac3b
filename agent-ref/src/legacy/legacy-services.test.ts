import assert from "node:assert/strict";
import { OperationServiceClient } from "@berth/proto/messages/sync/v49/operation";
import { Client, credentials, status } from "@grpc/grpc-js";
import { describe, it } from "mocha";
import type { AgentVersion } from "../handshake/agent-version.ts";
import { connectLegacyClient, header } from "../testing/legacy-client.ts";
import { refusedWith } from "../testing/refused-with.ts";
import { makeSample } from "../testing/sample.ts";
import { offerFrame } from "../testing/sample-sync.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";

const sample = makeSample({ a: "alpha" });
const nobody = { sessionToken: "nobody's", instanceId: "" };

/** Calls that are refused for their session where the service is there. */
async function assertServes(agent: TestAgent, dialect: "legacy" | "automatic"): Promise<void> {
  using legacy = connectLegacyClient(agent.address);
  const update = legacy.openUpdate();
  update.send({ $case: "header", value: header(nobody) });
  const sync = agent.client.openSync();
  sync.send(offerFrame(nobody.sessionToken, sample));
  const operations = new OperationServiceClient(agent.address, credentials.createInsecure());
  const cancelled = new Promise((resolve, reject) =>
    operations.cancelOperation({ ...nobody, operationId: "", graceMs: 0n }, (error) =>
      error ? reject(error) : resolve({}),
    ),
  );
  const calls = {
    legacy: [legacy.list(nobody), update.answer, legacy.run(nobody)],
    automatic: [sync.next(), cancelled],
  };
  const other = dialect === "legacy" ? "automatic" : "legacy";
  for (const call of calls[other]) await assert.rejects(call, { code: status.UNIMPLEMENTED });
  for (const call of calls[dialect]) await refusedWith("ERROR_CODE_SESSION_UNKNOWN", call);
  operations.close();
}

/** What server reflection lists, asked in bytes: a `list_services` of no text. */
async function reflected(address: string): Promise<string> {
  const client = new Client(address, credentials.createInsecure());
  const asIs = (bytes: Buffer) => bytes;
  const call = client.makeBidiStreamRequest("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", asIs, asIs);
  call.end(Buffer.from([0x3a, 0]));
  let text = "";
  for await (const answer of call) text += answer;
  client.close();
  return text;
}

describe("the services of an agent", () => {
  for (const agentVersion of [42, 43, 44, 45, 46] as const satisfies AgentVersion[]) {
    it(`of version ${agentVersion} are those of the dialects 1 and 44`, async () => {
      await using agent = await startTestAgent({ agentVersion });
      await assertServes(agent, "legacy");
      const shown = await reflected(agent.address);
      assert.deepEqual([/berth\.sync\.v44\.FileService/.test(shown), /berth\.sync\.v49/.test(shown)], [true, false]);
    });
  }

  for (const agentVersion of [49, 50, 51] as const satisfies AgentVersion[]) {
    it(`of version ${agentVersion} are those of dialect 49 alone`, async () => {
      await using agent = await startTestAgent({ agentVersion });
      await assertServes(agent, "automatic");
      const shown = await reflected(agent.address);
      assert.deepEqual([/berth\.sync\.v49\.SyncService/.test(shown), /berth\.sync\.v44/.test(shown)], [true, false]);
    });
  }
});
