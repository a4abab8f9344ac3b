import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type { ServerCase, ServerContext } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import type { AgentPeer } from "../../src/peers/agent-peer.ts";
import { expectSynced } from "./expect-step.ts";
import { outputOf, readyServer, requireDone } from "./ready-server.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const IDENTITY_ON = { "Server.Identity": "on" };
const LESS_ISOLATION = /warn|isolat|shared|less than/i;

/** Cases about who a server says it is, and what it makes of the isolation it is given. */
export const instancingCases: readonly ServerCase[] = [
  {
    id: "server-keeps-its-id",
    clauses: ["INST-020"],
    title: "A server sends one server_id, a UUID, in every step, whatever settings change",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent, { settings: IDENTITY_ON });
      expectSynced(await server.sync(), agent);
      requireDone(await server.step("settings", "set", "Server.ProductVersion", "1.0.1"));
      expectSynced(await server.sync(), agent);
      await server.run("work");

      const ids = new Set(serverIds(agent));
      expectEqual(ids.size, 1, { code: "server-id-changed", what: `server_ids among ${[...ids].join(", ")}` });
      expectThat(UUID.test([...ids][0] ?? ""), JSON.stringify([...ids][0]), {
        code: "server-id-malformed",
        what: "a server_id that is a UUID",
      });
    },
  },
  {
    id: "server-id-is-its-own",
    clauses: ["INST-020"],
    title: "Two installations of a server have different server_ids",
    twin: "server-keeps-its-id",
    async run(context) {
      const agent = await context.agent();
      for (let installation = 1; installation <= 2; installation += 1) {
        expectSynced(await (await readyServer(context, agent, { settings: IDENTITY_ON })).sync(), agent);
      }

      const ids = new Set(serverIds(agent).map((id) => id.toLowerCase()));
      expectEqual(ids.size, 2, { code: "server-id-shared", what: "server_ids of two installations" });
    },
  },
  {
    id: "server-sends-instance-id-as-set",
    clauses: ["INST-010"],
    title: "A server sends Agent.InstanceId exactly as its operator set it, in every Negotiate",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent, { settings: { "Agent.InstanceId": "Blue Team~7" } });
      expectSynced(await server.sync(), agent);
      await server.run("work");

      const sent = new Set(agent.seen.negotiations.map((request) => request.instanceId));
      expectEqual([...sent], ["Blue Team~7"], { code: "instance-id-changed", what: "the InstanceIds that were sent" });
    },
  },
  {
    id: "server-sends-product-as-set",
    clauses: ["INST-002"],
    title: "A server sends the product and the version its operator set",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const settings = { "Server.Product": "Build Master", "Server.ProductVersion": "6.1.20" };
      expectSynced(await (await readyServer(context, agent, { settings })).sync(), agent);

      const sent = agent.seen.negotiations.map(({ product, productVersion }) => `${product} ${productVersion}`);
      expectEqual([...new Set(sent)], ["Build Master 6.1.20"], {
        code: "product-wrong",
        what: "products that were sent",
      });
    },
  },
  {
    id: "server-warns-of-less-isolation",
    clauses: ["INST-041"],
    title: "A server that asked for an instance by InstanceId and shares its product's instance warns its operator",
    twin: "server-is-quiet-about-the-isolation-it-asked-for",
    async run(context) {
      const output = await outputWithIsolation(context, Isolation.ISOLATION_PRODUCT);
      expectThat(LESS_ISOLATION.test(output), output, { code: "no-warning", what: "a warning of less isolation" });
    },
  },
  {
    id: "server-is-quiet-about-the-isolation-it-asked-for",
    clauses: ["INST-041"],
    title: "A server that is given the isolation it asked for does not warn of less",
    async run(context) {
      const output = await outputWithIsolation(context, Isolation.ISOLATION_INSTANCE_ID);
      expectThat(!/warn|less isolation/i.test(output), output, { code: "needless-warning", what: "no warning" });
    },
  },
];

async function outputWithIsolation(context: ServerContext, isolation: Isolation): Promise<string> {
  const agent = await context.agent({ isolation });
  const server = await readyServer(context, agent, { settings: { "Agent.InstanceId": "blue" } });
  return outputOf(await server.sync());
}

function serverIds(agent: AgentPeer): string[] {
  return agent.seen.negotiations.map((request) => request.serverId);
}
