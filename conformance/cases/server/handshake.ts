import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import type { StepResult } from "../../src/attach/target.ts";
import type { ServerCase } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { agentThatForgetsSessions, agentThatRefuses } from "../../src/mallory/agent/refusals.ts";
import { agentOfTheFuture, agentThatAnnounces } from "../../src/mallory/agent/versions.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { extensionOf } from "../../src/material/shell-host.ts";
import { expectFailure, expectSuccess, expectSynced } from "./expect-step.ts";
import { outputOf, readyServer } from "./ready-server.ts";

const FEATURE = /^[a-z][a-z0-9-]*@[1-9][0-9]*$/;

/** Cases about the first call: versions, dialects, features, sessions, limits. */
export const handshakeCases: readonly ServerCase[] = [
  {
    id: "server-ignores-the-future",
    clauses: ["HS-005"],
    title:
      "A server works with an agent of a later version, whose answers have fields, features and an isolation nobody knows",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent(agentOfTheFuture());
      const server = await readyServer(context, agent);

      expectSynced(await server.sync(), agent);
      expectSuccess(await server.run("work"), "an operation on an agent of the future", "HS-005");
      agent.requireFaithful();
    },
  },
  ...([47, 48] as const).map(
    (version): ServerCase => ({
      id: `server-treats-${version}-as-46`,
      clauses: ["HS-007"],
      title: `A server uses nothing of dialect 49 with an agent that announces ${version}, because 46 does not speak it`,
      twin: "server-syncs",
      async run(context) {
        const agent = await context.agent(agentThatAnnounces(version));
        const server = await readyServer(context, agent);

        const result = await server.sync();

        expectThat(agent.seen.negotiations.length > 0, outputOf(result), {
          code: "not-greeted",
          what: "a Negotiate to arrive",
        });
        expectEqual(agent.seen.syncs.length, 0, { code: "treated-as-49", what: "calls of the dialect 49" });
        expectFailure(result, "a sync with no dialect in common");
      },
    }),
  ),
  {
    id: "server-names-itself-too-old",
    clauses: ["HS-014"],
    title: "A server that is refused with SERVER_TOO_OLD says that the server has to be upgraded",
    twin: "server-syncs",
    async run(context) {
      // The words of the error name no side: the code alone says it.
      const error = { code: ErrorCode.ERROR_CODE_SERVER_TOO_OLD, ...silentWords, details: dialects("60", "70") };
      const agent = await context.agent(agentThatRefuses("negotiate", error));
      const result = await (await readyServer(context, agent)).sync();

      expectFailure(result, "a refused handshake");
      expectThat(UPGRADE_SERVER.test(sentencesOf(result)), outputOf(result), {
        code: "side-not-named",
        what: "a sentence that says the server has to be upgraded",
      });
    },
  },
  {
    id: "server-names-agent-too-old",
    clauses: ["HS-014"],
    title: "A server that is refused with AGENT_TOO_OLD says that the agent has to be upgraded",
    twin: "server-syncs",
    async run(context) {
      const error = { code: ErrorCode.ERROR_CODE_AGENT_TOO_OLD, ...silentWords, details: dialects("1", "1") };
      const agent = await context.agent(agentThatRefuses("negotiate", error));
      const result = await (await readyServer(context, agent)).sync();

      expectFailure(result, "a refused handshake");
      expectThat(UPGRADE_AGENT.test(sentencesOf(result)), outputOf(result), {
        code: "side-not-named",
        what: "a sentence that says the agent has to be upgraded",
      });
    },
  },
  {
    id: "server-spells-features",
    clauses: ["HS-015"],
    title: "A server writes every feature it names as name@version",
    async run(context) {
      const agent = await context.agent();
      await (await readyServer(context, agent)).sync();

      const features = agent.seen.negotiations.flatMap((request) => request.features);
      expectEqual(
        features.filter((feature) => !FEATURE.test(feature)),
        [],
        { code: "feature-misspelled", what: "features outside the grammar" },
      );
    },
  },
  {
    id: "server-uses-only-features-of-the-session",
    clauses: ["HS-018"],
    title: "A server compresses nothing when the answer does not name zstd@1",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({ features: [] });
      const packages = [extensionOf("Even", { "zeros.bin": Buffer.alloc(300_000), "ones.txt": "1".repeat(50_000) })];
      const server = await readyServer(context, agent, { packages });

      expectSynced(await server.sync(), agent);
      const codecs = agent.seen.syncs.flatMap((sync) => sync.data.map((data) => data.codec));
      expectEqual([...new Set(codecs)], [Codec.CODEC_IDENTITY], { code: "codec-wrong", what: "the codecs used" });
    },
  },
  {
    id: "server-negotiates-again-for-a-sync",
    clauses: ["HS-026"],
    title: "A server whose offer is refused with SESSION_UNKNOWN negotiates again and syncs",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent(agentThatForgetsSessions("offer"));
      const server = await readyServer(context, agent);

      expectSynced(await server.sync(), agent);
      expectEqual(agent.seen.negotiations.length, 2, { code: "not-negotiated-again", what: "calls of Negotiate" });
    },
  },
  ...(["start", "read"] as const).map(
    (call): ServerCase => ({
      id: `server-negotiates-again-for-a-${call}`,
      clauses: ["HS-026", "OP-060"],
      title: `A server whose ${call} of an operation is refused with SESSION_UNKNOWN negotiates again and sees the operation through`,
      twin: "server-runs-an-operation",
      async run(context) {
        const agent = await context.agent({
          ...agentThatForgetsSessions(call),
          operations: { work: { stages: [[], [{ stream: "stdout", data: "worked" }]], exitCode: 0 } },
        });
        const server = await readyServer(context, agent);
        expectSynced(await server.sync(), agent);
        const before = agent.seen.negotiations.length;

        const result = await server.run("work");

        agent.requireFaithful();
        expectSuccess(result, "the operation");
        expectEqual(result.stdout.includes("worked"), true, { code: "output-lost", what: "that the output is shown" });
        expectEqual(agent.seen.operations.length, 1, { code: "started-twice", clause: "OP-060", what: "operations" });
        expectThat(agent.seen.negotiations.length >= before + 2, `${agent.seen.negotiations.length - before} calls`, {
          code: "not-negotiated-again",
          what: "two calls of Negotiate or more",
        });
      },
    }),
  ),
  {
    id: "server-sends-nothing-when-present",
    clauses: ["HS-027"],
    title: "A server sends no content to an agent that calls the wanted generation present",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({ generationPresent: true });
      const server = await readyServer(context, agent);

      const result = await server.sync();

      expectEqual(contentMessages(agent.seen), 0, { code: "content-sent", what: "messages with content" });
      agent.requireFaithful();
      expectSuccess(result, "a sync with nothing to send");
    },
  },
  {
    id: "server-sends-nothing-the-second-time",
    clauses: ["HS-027"],
    title: "A server that syncs twice sends no content the second time",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);
      const before = contentMessages(agent.seen);

      const result = await server.sync();

      expectSuccess(result, "the second sync");
      expectEqual(contentMessages(agent.seen) - before, 0, {
        code: "content-sent",
        what: "further messages with content",
      });
    },
  },
  {
    id: "server-keeps-data-limit",
    clauses: ["HS-033"],
    title: "A server keeps every Data within max_data_bytes",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({ limits: { maxDataBytes: 65_536 } });
      const content = randomBytesFrom(context.random, 400_000);
      const files = {
        "large.bin": content,
        "exact.bin": content.subarray(0, 65_536),
        "over.bin": content.subarray(7, 65_544),
      };
      const server = await readyServer(context, agent, { packages: [extensionOf("Large", files)] });

      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-keeps-message-limit-with-manifest",
    clauses: ["HS-033", "SYNC-030"],
    title: "A server sends a manifest that is larger than max_message_bytes in parts",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({ limits: { maxMessageBytes: 1_114_112 } });
      const files = Object.fromEntries(
        Array.from({ length: 4_800 }, (_, index) => [`${"long-name-".repeat(16)}${index}.txt`, `${index % 10}`]),
      );
      const server = await readyServer(context, agent, { packages: [extensionOf("Many", files)] });

      expectSynced(await server.sync(), agent);
      const size = Number(agent.seen.syncs[0]?.offer?.manifestSize ?? 0);
      expectThat(size > 1_114_112, `${size} bytes`, {
        code: "files-missing",
        clause: "SYNC-004",
        what: "a manifest of every file",
      });
    },
  },
  {
    id: "server-keeps-message-limit-with-content",
    clauses: ["HS-033"],
    title: "A server keeps every message with content within max_message_bytes, whatever max_data_bytes says",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({ limits: { maxMessageBytes: 1_114_112, maxDataBytes: 0 } });
      const files = { "large.bin": randomBytesFrom(context.random, 3_000_000) };
      const server = await readyServer(context, agent, { packages: [extensionOf("Large", files)] });

      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-keeps-manifest-limit",
    clauses: ["HS-033"],
    title: "A server whose manifest is larger than max_manifest_bytes reports failure instead of offering it",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({ limits: { maxManifestBytes: 100n } });
      const result = await (await readyServer(context, agent)).sync();

      expectFailure(result, "a sync of a manifest over the limit");
      agent.requireFaithful();
    },
  },
  {
    id: "server-keeps-file-limit",
    clauses: ["HS-033"],
    title: "A server whose manifest has more files than max_files reports failure instead of offering it",
    twin: "server-syncs-at-file-limit",
    async run(context) {
      const agent = await context.agent({ limits: { maxFiles: 2 } });
      const result = await (await readyServer(context, agent)).sync();

      expectFailure(result, "a sync of three files to an agent that takes two");
      agent.requireFaithful();
    },
  },
  {
    id: "server-syncs-at-file-limit",
    clauses: ["HS-033"],
    title: "A server syncs exactly as many files as max_files",
    async run(context) {
      const agent = await context.agent({ limits: { maxFiles: 3 } });
      const server = await readyServer(context, agent);

      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-keeps-argument-limit",
    clauses: ["HS-033"],
    title: "A server starts no operation whose name and arguments are longer than max_argument_bytes",
    twin: "server-runs-at-argument-limit",
    async run(context) {
      const agent = await context.agent({ limits: { maxArgumentBytes: 16 } });
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);

      // Twelve characters, and thirteen bytes.
      const result = await server.run("work", "douze-octèts");

      expectFailure(result, "an operation over the limit");
      agent.requireFaithful();
      expectEqual(agent.seen.operations.length, 0, { code: "limit-ignored", what: "operations started" });
    },
  },
  {
    id: "server-runs-at-argument-limit",
    clauses: ["HS-033"],
    title: "A server starts an operation whose name and arguments are exactly max_argument_bytes long",
    async run(context) {
      const agent = await context.agent({ limits: { maxArgumentBytes: 16 } });
      const server = await readyServer(context, agent);
      expectSynced(await server.sync(), agent);

      expectSuccess(await server.run("work", "twelve-bytes"), "an operation at the limit");
      agent.requireFaithful();
    },
  },
];

const silentWords = { message: "No common ground was found.", remedy: "Compare the two ranges." };
const UPGRADE_SERVER =
  /\b(?:upgrade|update|newer)\b[^.;\n]*\bserver\b|\bserver\b[^.;\n]*\b(?:upgraded?|updated?|too old|older)\b/i;
const UPGRADE_AGENT =
  /\b(?:upgrade|update|newer)\b[^.;\n]*\bagent\b|\bagent\b[^.;\n]*\b(?:upgraded?|updated?|too old|older)\b/i;

/** The output without the program's own name before a line, which would pass for the subject of the sentence. */
function sentencesOf(result: StepResult): string {
  return outputOf(result).replaceAll(/^[\w./-]+:/gm, "");
}

function dialects(lowest: string, highest: string): Record<string, string> {
  return { agent_lowest: lowest, agent_highest: highest, server_lowest: "1", server_highest: "49" };
}

function contentMessages(seen: { syncs: readonly { data: readonly unknown[] }[] }): number {
  return seen.syncs.reduce((sum, sync) => sum + sync.data.length, 0);
}
