import type { AgentMutant } from "../mutant.ts";

/** Reads messages of one type; every generated message is one. */
interface Codec {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

/** Broken messages and refusals of the dialects 1 and 44. */
export const legacyErrorsMutants: readonly AgentMutant[] = [
  {
    id: "message-malformed-taken-for-empty",
    clause: "HS-003",
    breaks: "As version 46 it takes a message that is no Protobuf for one without fields.",
    agentVersion: 46,
    ...reading((codec, bytes) => {
      try {
        return codec.decode(bytes);
      } catch {
        return codec.decode(new Uint8Array());
      }
    }),
  },
  {
    id: "fields-unknown-refused-after-the-greeting",
    clause: "HS-004",
    breaks:
      "As version 46 it takes a later message than the greeting for no Protobuf when it has a field it does not know.",
    agentVersion: 46,
    ...reading((codec, bytes) => {
      const message = codec.decode(bytes);
      if (codec.encode(message).finish().length !== bytes.length) throw new Error("there is more in it");
      return message;
    }),
  },
  {
    id: "missing-host-without-remedy",
    clause: "ERR-006",
    breaks: "As version 46 it says that a host is missing and not what to do.",
    agentVersion: 46,
    part: "legacy/legacy-errors",
    mutate: ({ noHostInTree }) => ({ noHostInTree: () => Object.assign(noHostInTree(), { remedy: "" }) }),
  },
];

/** An agent that reads every request but the greeting by `decode`. */
function reading(
  decode: (codec: Codec, bytes: Uint8Array) => unknown,
): Pick<Extract<AgentMutant, { part: "transport/service-definition" }>, "part" | "mutate"> {
  return {
    part: "transport/service-definition",
    mutate: ({ defineService }) => ({
      defineService(generated, codecs) {
        if ("negotiate" in generated) return defineService(generated, codecs);
        const entries = Object.entries(codecs as Record<string, readonly [Codec, Codec]>);
        const all = entries.map(([name, [request, response]]) => [
          name,
          [{ ...request, decode: (bytes: Uint8Array) => decode(request, bytes) }, response],
        ]);
        return defineService(generated, Object.fromEntries(all) as typeof codecs);
      },
    }),
  };
}
