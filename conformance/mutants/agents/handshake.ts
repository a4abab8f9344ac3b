import { status } from "@grpc/grpc-js";
import type { AgentMutant } from "../mutant.ts";

/** Broken greetings: versions, dialects, features, and what is told of them. */
export const handshakeMutants: readonly AgentMutant[] = [
  {
    id: "fields-unknown-refused",
    clause: "HS-004",
    breaks: "It takes a message with a field it does not know for one that is no Protobuf.",
    part: "transport/service-definition",
    mutate: ({ defineService }) => ({
      defineService: (generated, codecs) => {
        type Codec = { encode(message: unknown): { finish(): Uint8Array }; decode(bytes: Uint8Array): unknown };
        const strict = (codec: Codec): Codec => ({
          encode: (message) => codec.encode(message),
          decode(bytes) {
            const message = codec.decode(bytes);
            if (codec.encode(message).finish().length !== bytes.length) throw new Error("there is more in it");
            return message;
          },
        });
        const entries = Object.entries(codecs as Record<string, readonly [Codec, Codec]>);
        const all = entries.map(([name, [request, response]]) => [name, [strict(request), response]]);
        return defineService(generated, Object.fromEntries(all) as typeof codecs);
      },
    }),
  },
  {
    id: "message-malformed-unknown",
    clause: "HS-003",
    breaks: "It answers a message that is no Protobuf with the status UNKNOWN.",
    part: "transport/failure",
    mutate: ({ undecodableFailure }) => ({
      undecodableFailure: () => Object.assign(undecodableFailure(), { code: status.UNKNOWN }),
    }),
  },
  {
    id: "version-47-announced",
    clause: "HS-006",
    breaks: "It announces version 47.",
    part: "handshake/negotiate",
    mutate: ({ negotiate }) => ({
      negotiate: async (...words) => ({ ...(await negotiate(...words)), agentVersion: 47 }),
    }),
  },
  {
    id: "dialect-44-spoken-by-51",
    clause: "HS-009",
    breaks: "It numbers its dialect 44.",
    part: "rules/agent-version",
    mutate: () => ({ dialectsOf: () => [44] }),
  },
  {
    id: "range-upside-down-accepted",
    clause: "HS-010",
    breaks: "It reads a dialect range from either end, so one that ends below its beginning is taken.",
    part: "rules/dialect",
    mutate: ({ chooseDialect }) => ({
      chooseDialect: (server, spoken) => {
        if (server === undefined) return chooseDialect(server, spoken);
        const [lowest = 0, highest = 0] = [server.lowest, server.highest].toSorted((a, b) => a - b);
        return chooseDialect({ lowest, highest }, spoken);
      },
    }),
  },
  {
    id: "range-from-zero-accepted",
    clause: "HS-010",
    breaks: "It takes a dialect range that begins at 0.",
    part: "rules/dialect",
    mutate: ({ chooseDialect }) => ({
      chooseDialect: (server, spoken) =>
        chooseDialect(server && { ...server, lowest: Math.max(1, server.lowest) }, spoken),
    }),
  },
  {
    id: "lowest-dialect-chosen",
    clause: "HS-011",
    breaks: "It answers with the lowest dialect of the server's range.",
    part: "handshake/negotiate",
    mutate: ({ negotiate }) => ({
      negotiate: async (request, ...rest) => ({
        ...(await negotiate(request, ...rest)),
        dialect: request.dialects?.lowest ?? 0,
      }),
    }),
  },
  {
    id: "older-server-told-to-wait",
    clause: "HS-012",
    breaks: "It tells a server whose range ends below its own that the agent is the older side.",
    part: "handshake/handshake-errors",
    mutate: ({ agentTooOld }) => ({ serverTooOld: agentTooOld }),
  },
  {
    id: "newer-server-called-old",
    clause: "HS-013",
    breaks: "It tells a server whose range begins above its own that the server is the older side.",
    part: "handshake/handshake-errors",
    mutate: ({ serverTooOld }) => ({ agentTooOld: serverTooOld }),
  },
  {
    id: "features-echoed",
    clause: "HS-016",
    breaks: "It answers with every feature the server named, known or not.",
    part: "rules/feature",
    mutate: () => ({ commonFeatures: (named) => [...named] }),
  },
  {
    id: "features-of-any-version",
    clause: "HS-016",
    breaks: "It looks at the name of a feature alone, so another version of it passes for its own.",
    part: "rules/feature",
    mutate: () => ({
      commonFeatures: (named, served) =>
        named.filter((text) => served.some((feature) => feature.split("@")[0] === text.split("@")[0])),
    }),
  },
  {
    id: "features-unasked",
    clause: "HS-017",
    breaks: "It names the features it serves, whether the server named them or not.",
    part: "rules/feature",
    mutate: () => ({ commonFeatures: (_named, served) => [...served] }),
  },
  {
    id: "one-feature-at-most",
    clause: "HS-017",
    breaks: "It names one feature where server and agent have two in common.",
    part: "rules/feature",
    mutate: ({ commonFeatures }) => ({ commonFeatures: (...words) => commonFeatures(...words).slice(0, 1) }),
  },
  {
    id: "wanted-digest-of-any-length",
    clause: "HS-023",
    breaks: "It takes a wanted digest that is not 32 bytes for none.",
    part: "handshake/greeting",
    mutate: ({ readGreeting }) => ({
      readGreeting(request, spoken) {
        const { wantedManifestDigest: wanted } = request;
        return readGreeting(
          wanted.length === 32 ? request : { ...request, wantedManifestDigest: Buffer.alloc(0) },
          spoken,
        );
      },
    }),
  },
  {
    id: "generation-called-present",
    clause: "HS-024",
    breaks: "It calls every wanted generation present.",
    part: "handshake/negotiate",
    mutate: ({ negotiate }) => ({
      negotiate: async (request, ...rest) => ({
        ...(await negotiate(request, ...rest)),
        generationPresent: request.wantedManifestDigest.length > 0,
      }),
    }),
  },
  {
    id: "generation-never-present",
    clause: "HS-024",
    breaks: "It never calls a generation present, so everything is offered again.",
    part: "handshake/negotiate",
    mutate: ({ negotiate }) => ({
      negotiate: async (...words) => ({ ...(await negotiate(...words)), generationPresent: false }),
    }),
  },
  {
    id: "generation-compared-by-size",
    clause: "HS-025",
    breaks: "After its start it looks for the files of a generation and does not read them.",
    part: "sync/verification",
    mutate: () => ({ verifyTree: async (_directory, files) => ({ whole: true, intact: [...files] }) }),
  },
  {
    id: "small-data-announced",
    clause: "HS-032",
    breaks: "It announces a Data of 65,535 bytes at most.",
    part: "handshake/negotiate",
    mutate: ({ negotiate }) => ({
      negotiate: async (...words) => {
        const answer = await negotiate(...words);
        return { ...answer, limits: answer.limits && { ...answer.limits, maxDataBytes: 65_535 } };
      },
    }),
  },
];
