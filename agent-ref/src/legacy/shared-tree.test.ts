import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import type { AgentVersion } from "../handshake/agent-version.ts";
import { connectLegacyClient, HOST, type LegacyCall, type LegacyClient } from "../testing/legacy-client.ts";
import { refusedWith } from "../testing/refused-with.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";

/** Two servers of one product and different versions, each with a host that says whose it is. */
describe("two servers on one agent", () => {
  let agent: TestAgent;
  let client: LegacyClient;

  afterEach(async () => {
    client[Symbol.dispose]();
    await agent[Symbol.asyncDispose]();
  });

  /** The calls of a server that says this InstanceId in its greeting, and in every call when `everywhere` is true. */
  async function connect(
    agentVersion: AgentVersion,
    ids: readonly string[],
    everywhere: boolean,
  ): Promise<LegacyCall[]> {
    agent = await startTestAgent({ agentVersion });
    client = connectLegacyClient(agent.address);
    return Promise.all(
      ids.map(async (instanceId) => {
        const { sessionToken } = await agent.client.negotiate({ instanceId });
        return { sessionToken, instanceId: everywhere ? instanceId : "" };
      }),
    );
  }

  const update = (call: LegacyCall, whose: string, modifiedMs: bigint) =>
    client.update(
      call,
      { package: HOST, path: "bin/host", executable: true, modifiedMs },
      `#!/bin/sh\necho ${whose}\n`,
    );

  async function bothUpdateThenRun(calls: readonly LegacyCall[]): Promise<string[]> {
    const [one, two] = calls as [LegacyCall, LegacyCall];
    await update(one, "one", 2_000n);
    await update(two, "two", 1_000n);
    const ran = [await client.run(one), await client.run(two)];
    return ran.map(({ stdout }) => stdout.trim());
  }

  const races: [AgentVersion, string, readonly string[], boolean][] = [
    [42, "without ids", ["", ""], false],
    [42, "with ids that it does not know", ["blue", "green"], true],
    [43, "without ids", ["", ""], false],
    [44, "without ids", ["", ""], true],
    [46, "with one id for both", ["blue", "BLUE"], true],
  ];
  for (const [version, how, ids, everywhere] of races) {
    it(`${how} race for the tree of a ${version}: the last to update works, the other runs the other's files`, async () => {
      const calls = await connect(version, ids, everywhere);
      assert.deepEqual(await bothUpdateThenRun(calls), ["two", "two"]);
      // Back and forth, as often as they like: nobody's session is safe.
      await update(calls[0]!, "one", 2_000n);
      assert.equal((await client.run(calls[1]!)).stdout, "one\n");
      assert.deepEqual([...(await client.list(calls[1]!)).values()], [2_000n]);
    });
  }

  for (const version of [44, 45, 46] as const) {
    it(`with an id each do not race on a ${version}`, async () => {
      const calls = await connect(version, ["blue", "green"], true);
      assert.deepEqual(await bothUpdateThenRun(calls), ["one", "two"]);
      assert.deepEqual([...(await client.list(calls[0]!)).values()], [2_000n]);
    });

    it(`that speak dialect 1 alone race on a ${version} as on a 42`, async () => {
      await connect(version, [], false);
      const calls = await Promise.all(
        ["blue", "green"].map(async (instanceId) => {
          const { sessionToken } = await agent.client.negotiate({ instanceId, dialects: { lowest: 1, highest: 1 } });
          return { sessionToken, instanceId };
        }),
      );
      assert.deepEqual(await bothUpdateThenRun(calls), ["two", "two"]);
    });
  }

  it("find the flaw of 43 with an id each: the files go to one tree and the operations run from another", async () => {
    const calls = await connect(43, ["blue", "green"], true);
    const [blue] = calls as [LegacyCall];
    await update(blue, "one", 2_000n);
    assert.equal((await client.list(blue)).size, 1);
    await refusedWith("ERROR_CODE_NO_HOST", client.run(blue));
    const shared = { ...blue, instanceId: "" };
    assert.equal((await client.list(shared)).size, 0);
    await update(shared, "shared", 1_000n);
    assert.equal((await client.run(blue)).stdout, "shared\n");
    // An id that no agent takes counts as unset there.
    assert.equal((await client.list({ ...blue, instanceId: "ä" })).size, 1);
  });

  it("are served by the InstanceId of each call, whatever the greeting said", async () => {
    const [blue] = (await connect(46, ["blue"], true)) as [LegacyCall];
    await update(blue, "one", 1n);
    assert.equal((await client.list({ ...blue, instanceId: "green" })).size, 0);
    assert.equal((await client.list({ ...blue, instanceId: "" })).size, 0);
    assert.equal((await client.list({ ...blue, instanceId: "\tBLUE " })).size, 1);
  });

  it("of different products never meet", async () => {
    const [buildMaster] = (await connect(42, [""], false)) as [LegacyCall];
    const { sessionToken } = await agent.client.negotiate({ product: "Otter", productVersion: "2.2.9" });
    await update(buildMaster, "one", 1n);
    assert.equal((await client.list({ sessionToken, instanceId: "" })).size, 0);
  });
});
