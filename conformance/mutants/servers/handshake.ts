import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type { ServerMutant } from "../mutant.ts";

/** Broken greetings: versions, dialects, features and sessions. */
export const handshakeMutants: readonly ServerMutant[] = [
  {
    id: "unknown-isolation-refused",
    clause: "HS-005",
    breaks: "It refuses an answer with an isolation that it does not know.",
    part: "handshake/negotiate",
    mutate: ({ negotiate }) => ({
      negotiate: async (...words) => {
        const session = await negotiate(...words);
        if (!Object.values(Isolation).includes(session.isolation))
          throw new Error("the agent gives an isolation nobody knows");
        return session;
      },
    }),
  },
  {
    id: "unknown-feature-refused",
    clause: "HS-005",
    breaks: "It refuses an answer with a feature that it did not offer.",
    part: "transport/unary-call",
    mutate: ({ callUnary }) => ({
      callUnary: async (method, request, bounds) => {
        const response = await callUnary(method, request, bounds);
        const [offered, answered] = [featuresOf(request), featuresOf(response)];
        if (answered.some((feature) => !offered.includes(feature))) throw new Error("the agent has a foreign feature");
        return response;
      },
    }),
  },
  ...[47, 48].map(
    (unpublished): ServerMutant => ({
      id: `${unpublished}-taken-for-49`,
      clause: "HS-007",
      breaks: `It takes an agent that announces ${unpublished} for one of version 49.`,
      part: "rules/agent-version",
      mutate: ({ dialectsOf }) => ({ dialectsOf: (version) => dialectsOf(version === unpublished ? 49 : version) }),
    }),
  ),
  {
    id: "unpublished-taken-for-43",
    clause: "HS-007",
    breaks: "It takes an agent that announces 47 or 48 for one of version 43.",
    part: "rules/agent-version",
    mutate: ({ dialectsOf, isUnpublishedVersion }) => ({
      dialectsOf: (version) => dialectsOf(isUnpublishedVersion(version) ? 43 : version),
    }),
  },
  ...Object.entries({ "side-to-upgrade-left-out": "", "agent-blamed-for-an-old-server": "Upgrade the agent. " }).map(
    ([id, instead]): ServerMutant => ({
      id,
      clause: "HS-014",
      breaks: `To a server that is too old it says “${instead}” where “Upgrade this server.” belongs.`,
      part: "errors/agent-refusal",
      mutate: ({ readAgentRefusal }) => ({
        readAgentRefusal: (error) => {
          const refusal = readAgentRefusal(error);
          return (
            refusal && Object.assign(refusal, { remedy: refusal.remedy.replace("Upgrade this server. ", instead) })
          );
        },
      }),
    }),
  ),
  {
    id: "old-agent-left-unnamed",
    clause: "HS-014",
    breaks: "It does not say that an agent that is too old has to be upgraded.",
    part: "errors/agent-refusal",
    mutate: ({ readAgentRefusal }) => ({
      readAgentRefusal: (error) => {
        const refusal = readAgentRefusal(error);
        return refusal && Object.assign(refusal, { remedy: refusal.remedy.replace("Upgrade the agent. ", "") });
      },
    }),
  },
  ...Object.entries({ "feature-without-version": "zstd", "feature-with-a-leading-zero": "zstd@01" }).map(
    ([id, spelled]): ServerMutant => ({
      id,
      clause: "HS-015",
      breaks: `It writes the feature zstd@1 as ${spelled}.`,
      part: "handshake/greeting",
      mutate: ({ makeGreeting }) => ({
        makeGreeting: (...words) => {
          const { features, ...greeting } = makeGreeting(...words);
          return { ...greeting, features: features.map((feature) => (feature === "zstd@1" ? spelled : feature)) };
        },
      }),
    }),
  ),
  {
    id: "zstd-whatever-is-answered",
    clause: "HS-018",
    breaks: "It compresses content whether or not the answer names zstd@1.",
    part: "sync/data-messages",
    mutate: ({ createDataMessages }) => ({
      createDataMessages: (home, packages, missing, terms) =>
        createDataMessages(home, packages, missing, { ...terms, allowsZstd: true }),
    }),
  },
  {
    id: "unknown-session-ends-everything",
    clause: "HS-026",
    breaks: "It takes SESSION_UNKNOWN for a refusal like any other.",
    part: "errors/agent-refusal",
    mutate: () => ({ isSessionUnknown: () => false }),
  },
  {
    id: "present-generation-sent-again",
    clause: "HS-027",
    breaks: "It sends every content once more to an agent that calls the wanted generation present.",
    part: "sync/bring-to-manifest",
    mutate: ({ bringToManifest }) => ({
      bringToManifest: async (task) => {
        const ready = await bringToManifest(task);
        if (!ready.session.generationPresent) return ready;
        const [{ openSyncStream }, { createDataMessages }] = await Promise.all([
          import("@berth/server/dist/sync/sync-stream.js"),
          import("@berth/server/dist/sync/data-messages.js"),
        ]);
        const { bytes, digest, packages, sizes } = task.wanted;
        const { token, limits } = ready.session;
        const stream = openSyncStream(ready.connection.sync, task.signal);
        const offer = {
          sessionToken: token,
          manifestDigest: digest,
          manifestSize: BigInt(bytes.length),
          manifest: bytes,
        };
        await stream.send({ $case: "offer", value: offer });
        await stream.receive();
        const all = new Map([...sizes].map(([content, sizeBytes]) => [content, { heldBytes: 0, sizeBytes }]));
        for await (const data of createDataMessages(task.home, packages, all, { limits, allowsZstd: false }))
          await stream.send({ $case: "data", value: data });
        stream.close();
        return ready;
      },
    }),
  },
];

function featuresOf(message: unknown): readonly string[] {
  return (message as { features?: readonly string[] }).features ?? [];
}
