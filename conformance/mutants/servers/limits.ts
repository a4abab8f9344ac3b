import type { ServerMutant } from "../mutant.ts";

/** Broken bounds: each of the limits that an agent announces. */
export const limitsMutants: readonly ServerMutant[] = [
  {
    id: "data-over-the-limit",
    clause: "HS-033",
    breaks: "It sends Data of a size of its own, whatever max_data_bytes says.",
    part: "sync/data-messages",
    mutate: ({ createDataMessages }) => ({
      createDataMessages: (home, packages, missing, { limits, ...terms }) =>
        createDataMessages(home, packages, missing, {
          ...terms,
          limits: { ...limits, maxDataBytes: Number.POSITIVE_INFINITY },
        }),
    }),
  },
  {
    id: "data-one-byte-over-the-limit",
    clause: "HS-033",
    breaks: "It sends Data that is one byte larger than max_data_bytes.",
    part: "sync/data-messages",
    mutate: ({ createDataMessages }) => ({
      createDataMessages: (home, packages, missing, { limits, ...terms }) =>
        createDataMessages(home, packages, missing, {
          ...terms,
          limits: { ...limits, maxDataBytes: limits.maxDataBytes + 1 },
        }),
    }),
  },
  {
    id: "frames-as-large-as-files",
    clause: "HS-033",
    breaks: "It sends a content of several MiB in one message where max_data_bytes has no bound.",
    part: "publishing/frame",
    mutate: ({ maxFrameRawBytes }) => ({ maxFrameRawBytes: 8 * maxFrameRawBytes }) as object,
  },
  {
    id: "manifest-in-one-message",
    clause: "HS-033",
    breaks: "It sends the whole manifest in the offer, however large it is.",
    part: "sync/sync-stream",
    mutate: ({ openSyncStream }) => ({
      openSyncStream: (...words) => {
        const stream = openSyncStream(...words);
        const parts: Uint8Array[] = [];
        let held: Parameters<typeof stream.send>[0] | undefined;
        return {
          ...stream,
          async send(frame) {
            if (frame.$case === "offer") held = frame;
            if (frame.$case !== "offer" && frame.$case !== "manifestPart") return stream.send(frame);
            parts.push(frame.value.manifest);
            const manifest = Buffer.concat(parts);
            if (held?.$case === "offer" && BigInt(manifest.length) === held.value.manifestSize)
              await stream.send({ $case: "offer", value: { ...held.value, manifest } });
          },
        };
      },
    }),
  },
  ...(["maxManifestBytes", "maxFiles"] as const).map(
    (limit): ServerMutant => ({
      id: `${limit === "maxFiles" ? "files" : "manifest"}-over-the-limit`,
      clause: "HS-033",
      breaks: `It offers a manifest over the limit ${limit} of the agent.`,
      part: "handshake/agent-limits",
      mutate: ({ readAgentLimits }) => ({
        readAgentLimits: (limits) => ({ ...readAgentLimits(limits), [limit]: Number.POSITIVE_INFINITY }),
      }),
    }),
  ),
  {
    id: "files-at-the-limit-refused",
    clause: "HS-033",
    breaks: "It offers no manifest that has as many files as the agent takes.",
    part: "handshake/agent-limits",
    mutate: ({ readAgentLimits }) => ({
      readAgentLimits: (announced) => {
        const limits = readAgentLimits(announced);
        return { ...limits, maxFiles: limits.maxFiles - 1 };
      },
    }),
  },
  {
    id: "arguments-at-the-limit-refused",
    clause: "HS-033",
    breaks: "It starts no operation whose name and arguments are exactly max_argument_bytes long.",
    part: "operations/argument-limit",
    mutate: ({ requireWithinArgumentLimit }) => ({
      requireWithinArgumentLimit: (limits, words) =>
        requireWithinArgumentLimit({ ...limits, maxArgumentBytes: limits.maxArgumentBytes - 1 }, words),
    }),
  },
  {
    id: "arguments-over-the-limit",
    clause: "HS-033",
    breaks: "It starts operations whatever the length of their arguments.",
    part: "operations/argument-limit",
    mutate: () => ({ requireWithinArgumentLimit: () => {} }),
  },
  {
    id: "arguments-counted-in-characters",
    clause: "HS-033",
    breaks: "It holds characters, not bytes, against max_argument_bytes.",
    part: "operations/argument-limit",
    mutate: ({ requireWithinArgumentLimit }) => ({
      requireWithinArgumentLimit: (limits, words) =>
        requireWithinArgumentLimit(
          limits,
          words.map((word) => "x".repeat(word.length)),
        ),
    }),
  },
  {
    id: "name-not-counted-as-argument",
    clause: "HS-033",
    breaks: "It holds the arguments without the operation's name against max_argument_bytes.",
    part: "operations/argument-limit",
    mutate: ({ requireWithinArgumentLimit }) => ({
      requireWithinArgumentLimit: (limits, [, ...words]) => requireWithinArgumentLimit(limits, words),
    }),
  },
  {
    id: "file-content-over-the-limit",
    clause: "HS-033",
    breaks: "In the older dialects it sends pieces of a file whatever max_data_bytes says.",
    part: "legacy/send-files",
    mutate: ({ sendFiles }) => ({
      sendFiles: (home, connection, { session, identity }, ...words) => {
        const limits = { ...session.limits, maxDataBytes: Number.POSITIVE_INFINITY };
        return sendFiles(home, connection, { session: { ...session, limits }, identity }, ...words);
      },
    }),
  },
];
