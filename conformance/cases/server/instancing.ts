import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type { ServerCase, ServerContext } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import type { AgentPeer } from "../../src/peers/agent-peer.ts";
import { nextProductVersion } from "../../src/product-version.ts";
import { expectSynced } from "./expect-step.ts";
import { outputOf, readyServer, requireDone, UNKNOWN_STEP } from "./ready-server.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Cases about who a server says it is, and what it makes of the isolation it is given. */
export const instancingCases: readonly ServerCase[] = [
  {
    id: "server-keeps-its-id",
    clauses: ["INST-020"],
    title: "A server sends one server_id, a UUID, in every step, whatever settings change",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);
      const { productVersion } = nextProductVersion(context.productVersion);
      const upgraded = await server.step("settings", "set", "Server.ProductVersion", productVersion);
      if (upgraded.exitCode !== UNKNOWN_STEP) requireDone(upgraded);
      expectSynced(await server.sync(), agent);
      await server.run("work");

      const ids = sentServerIds(context, agent);
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
        expectSynced(await (await readyServer(context, agent)).sync(), agent);
      }

      const ids = sentServerIds(context, agent);
      expectEqual(ids.size, 2, { code: "server-id-shared", what: "server_ids of two installations" });
    },
  },
  {
    id: "server-warns-of-less-isolation",
    clauses: ["INST-041"],
    title: "A server that asked for an instance by InstanceId and shares its product's instance warns its operator",
    twin: "server-is-quiet-about-the-isolation-it-asked-for",
    usesInstanceId: true,
    async run(context) {
      const quiet = new Set(wordingOf(await outputWithIsolation(context, Isolation.ISOLATION_INSTANCE_ID)));
      const output = await outputWithIsolation(context, Isolation.ISOLATION_PRODUCT);
      const beyond = wordingOf(output).filter((line) => !quiet.has(line));
      expectThat(beyond.length > 0, output, {
        code: "no-warning",
        what: "words beyond those of a sync with the isolation that was asked for",
      });
    },
  },
  {
    id: "server-is-quiet-about-the-isolation-it-asked-for",
    clauses: ["INST-041"],
    title: "A server that is given the isolation it asked for does not warn of less",
    usesInstanceId: true,
    async run(context) {
      const output = await outputWithIsolation(context, Isolation.ISOLATION_INSTANCE_ID);
      expectThat(!/warn|less isolation/i.test(output), output, { code: "needless-warning", what: "no warning" });
    },
  },
];

/** The lines of an output without what differs from one sync to the next: names of instances and isolations, digests, numbers. */
function wordingOf(output: string): string[] {
  const masked = output
    .toLowerCase()
    .replaceAll(/p-[a-z0-9_-]+\/[a-z0-9_-]+/g, "NAME")
    .replaceAll(/\b(?:isolation[_ ])?(?:product|instance[_ -]?id|address|server)\b/g, "ISOLATION")
    .replaceAll(/[0-9a-f]{8,}(?:-[0-9a-f]{4,})*/g, "HEX")
    .replaceAll(/\d+(?:[.,:]\d+)*/g, "N");
  return masked.split("\n").flatMap((line) => line.trim() || []);
}

async function outputWithIsolation(context: ServerContext, isolation: Isolation): Promise<string> {
  const agent = await context.agent({ isolation });
  const server = await readyServer(context, agent, { settings: { "Agent.InstanceId": "blue" } });
  return outputOf(await server.sync());
}

/** The server_ids that were sent, in lower case. What a server never sends nobody can judge. */
function sentServerIds(context: ServerContext, agent: AgentPeer): ReadonlySet<string> {
  const ids = new Set(agent.seen.negotiations.map((request) => request.serverId.toLowerCase()));
  if (ids.size === 1 && ids.has("")) context.notApplicable("the server sends no server_id");
  return ids;
}
