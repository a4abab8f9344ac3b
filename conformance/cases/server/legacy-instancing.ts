import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type { StepResult } from "../../src/attach/target.ts";
import type { ServerCase, ServerContext } from "../../src/case.ts";
import type { Dialect } from "../../src/dialect.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import type { AgentPeer, AgentPeerOptions } from "../../src/peers/agent-peer.ts";
import { expectFailure, expectSuccess } from "./expect-step.ts";
import { datedServer, expectTreeSynced, legacyAgent, placed } from "./legacy-server.ts";
import { ordinaryPackages, outputOf, type ReadyServer, UNKNOWN_STEP } from "./ready-server.ts";

const BLUE = { "Agent.InstanceId": "blue" };
const REQUIRE = "--require-isolation";

/** Every step that knows the word. */
const STEPS_REQUIRING: readonly (readonly string[])[] = [
  ["sync", REQUIRE, "far"],
  ["run", REQUIRE, "far", "work"],
];

/** Agents that give a server with an InstanceId less than it asks for, by the dialect they speak. */
const LESS: readonly { dialect: Dialect; options: AgentPeerOptions }[] = [
  { dialect: 1, options: legacyAgent(1) },
  { dialect: 49, options: { isolation: Isolation.ISOLATION_PRODUCT } },
];

/** Cases about which InstanceId a server sends where, and what it does where it is given less isolation. */
export const legacyInstancingCases: readonly ServerCase[] = [
  {
    id: "server-sends-no-instance-id-in-dialect-1",
    clauses: ["LEG-018"],
    title: "A server sends its InstanceId in the greeting and in no call of the dialect 1",
    dialects: [1],
    twin: "server-syncs-with-42",
    usesInstanceId: true,
    async run(context) {
      for (const version of [42, 43]) {
        const agent = await context.agent(legacyAgent(1, version));
        const server = await datedServer(context, agent, { settings: BLUE });
        expectTreeSynced(await server.sync(), agent, placed(ordinaryPackages));
        expectSuccess(await server.run("work"), "the operation");
        agent.requireFaithful();
        const greeted = new Set(agent.seen.negotiations.map(({ instanceId }) => instanceId));
        expectEqual([...greeted], ["blue"], { code: "instance-id-missing", what: "InstanceIds of the greetings" });
        expectInstanceIds(agent, [""], "LEG-018");
      }
    },
  },
  {
    id: "server-sends-instance-id-in-every-call-of-dialect-44",
    clauses: ["LEG-019"],
    title: "A server sends its InstanceId in every call of the dialect 44: ListFiles, UpdateFile and RunOperation",
    dialects: [44],
    twin: "server-syncs-with-46",
    usesInstanceId: true,
    async run(context) {
      const agent = await context.agent(legacyAgent(44));
      const server = await datedServer(context, agent, { settings: BLUE });
      expectTreeSynced(await server.sync(), agent, placed(ordinaryPackages), "blue");
      expectSuccess(await server.run("work"), "the operation");

      agent.requireFaithful();
      expectInstanceIds(agent, ["blue"], "LEG-019");
      const methods = new Set(agent.seen.legacy.calls.map(({ method }) => method));
      const all = ["ListFiles", "RunOperation", "UpdateFile"];
      expectEqual([...methods].toSorted() as string[], all, {
        code: "calls-missing",
        what: "the methods that were called",
      });
    },
  },
  ...([44, 49] as const).flatMap((dialect): ServerCase[] => [
    {
      id: `server-sends-instance-id-from-the-minimum-in-dialect-${dialect}`,
      clauses: ["INST-042"],
      title: "A server at its product's minimum version sends its InstanceId",
      dialects: [dialect],
      async run(context) {
        for (const [product, version] of [
          ["BuildMaster", "6.1.20"],
          ["Otter", "2.2.10"],
        ] as const) {
          const { agent } = await workedAs(context, dialect, product, version);
          expectGreeted(agent, product, version, "blue");
        }
      },
    },
    {
      id: `server-sends-no-instance-id-below-the-minimum-in-dialect-${dialect}`,
      clauses: ["INST-042"],
      title: "A server below its product's minimum version sends no InstanceId, in no greeting and in no call",
      dialects: [dialect],
      twin: `server-sends-instance-id-from-the-minimum-in-dialect-${dialect}`,
      async run(context) {
        for (const [product, version] of [
          ["BuildMaster", "6.1.19"],
          ["Otter", "2.2.9"],
        ] as const) {
          const { agent, set } = await workedAs(context, dialect, product, version);
          context.observe(`${product} ${version}: setting the InstanceId ends with ${set.exitCode}: ${outputOf(set)}`);
          expectGreeted(agent, product, version, "");
          expectInstanceIds(agent, dialect === 44 ? [""] : [], "INST-042");
        }
      },
    },
  ]),
  {
    id: "server-warns-of-dialect-1",
    clauses: ["INST-041"],
    title: "A server with an InstanceId warns its operator of an agent that speaks the dialect 1 alone",
    dialects: [1],
    twin: "server-is-quiet-about-the-isolation-it-asked-for",
    usesInstanceId: true,
    async run(context) {
      const agent = await context.agent(legacyAgent(1));
      const server = await datedServer(context, agent, { settings: BLUE });
      const output = outputOf(await server.sync());
      expectThat(/warn|isolat|shared|less than/i.test(output), output, {
        code: "no-warning",
        what: "a warning of less isolation",
      });
    },
  },
  {
    id: "server-works-with-the-isolation-it-requires",
    clauses: ["INST-043"],
    title: "A server told to require isolation works where it is given what it asks for",
    dialects: [44, 49],
    usesInstanceId: true,
    async run(context) {
      for (const options of [legacyAgent(44), {}]) {
        const agent = await context.agent(options);
        const server = await datedServer(context, agent, { settings: BLUE });
        for (const words of STEPS_REQUIRING) {
          const result = await server.step(...words);
          if (result.exitCode === UNKNOWN_STEP) context.notApplicable(`the server does not know ${REQUIRE}`);
          expectSuccess(result, words.join(" "), "INST-043");
        }
        agent.requireFaithful();
      }
    },
  },
  ...LESS.map(
    ({ dialect, options }): ServerCase => ({
      id: `server-sends-nothing-with-less-isolation-than-required-in-dialect-${dialect}`,
      clauses: ["INST-043"],
      title: "A server told to require isolation sends no content and starts no operation where it is given less",
      dialects: [dialect],
      twin: "server-works-with-the-isolation-it-requires",
      usesInstanceId: true,
      async run(context) {
        for (const words of STEPS_REQUIRING) {
          const agent = await context.agent(options);
          const server = await datedServer(context, agent, { settings: BLUE });
          const result = await server.step(...words);
          expectNothingDone(agent, words);
          expectFailure(result, words.join(" "), "INST-043");
        }
      },
    }),
  ),
];

/** A server of this product and version that has an InstanceId set, and has synced and run an operation. */
async function workedAs(
  context: ServerContext,
  dialect: 44 | 49,
  product: string,
  version: string,
): Promise<{ agent: AgentPeer; server: ReadyServer; set: StepResult }> {
  const agent = await context.agent(dialect === 44 ? legacyAgent(44) : {});
  const settings = { "Server.Product": product, "Server.ProductVersion": version };
  const server = await datedServer(context, agent, { settings });
  // A server may refuse the setting or warn of it: it has no effect below the minimum.
  const set = await server.step("settings", "set", "Agent.InstanceId", "blue");
  expectSuccess(await server.sync(), "the sync", "INST-042");
  expectSuccess(await server.run("work"), "the operation", "INST-042");
  agent.requireFaithful();
  return { agent, server, set };
}

function expectGreeted(agent: AgentPeer, product: string, version: string, instanceId: string): void {
  const greeted = new Set(agent.seen.negotiations.map((request) => request.instanceId));
  const what = `InstanceIds in the greetings of ${product} ${version}`;
  expectEqual([...greeted], [instanceId], { code: "instance-id-wrong", clause: "INST-042", what });
}

function expectInstanceIds(agent: AgentPeer, expected: readonly string[], clause: string): void {
  const held = new Set(agent.seen.legacy.calls.map(({ instanceId }) => instanceId));
  expectEqual([...held], [...expected], { code: "instance-id-wrong", clause, what: "InstanceIds of the calls" });
}

function expectNothingDone({ seen }: AgentPeer, words: readonly string[]): void {
  const done = {
    updates: seen.legacy.updates.length,
    "legacy operations": seen.legacy.runs.length,
    "messages with content": seen.syncs.reduce((sum, sync) => sum + sync.data.length, 0),
    operations: seen.operations.length,
  };
  const what = `what \`${words.join(" ")}\` did with less isolation than it requires`;
  const nothing = { updates: 0, "legacy operations": 0, "messages with content": 0, operations: 0 };
  expectEqual(done, nothing, { code: "sent-without-isolation", clause: "INST-043", what });
}
