import type { AgentMutant } from "../mutant.ts";

/** Broken updates: messages and pauses that have to be refused. */
export const legacyUpdatesMutants: readonly AgentMutant[] = [
  {
    id: "second-header-dropped",
    clause: "LEG-025",
    breaks: "It passes over a second header.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => {
        let begun = false;
        const next: typeof stream.next = async (idleMs) => {
          const incoming = await stream.next(idleMs);
          const isHeader = incoming.kind === "message" && incoming.message.part?.$case === "header";
          if (isHeader && begun) return next(idleMs);
          begun ||= isHeader;
          return incoming;
        };
        return updateFile({ ...stream, next }, calls);
      },
    }),
  },
  {
    id: "empty-messages-dropped",
    clause: "LEG-025",
    breaks: "It passes over a message with neither header nor content.",
    agentVersion: 42,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => {
        const next: typeof stream.next = async (idleMs) => {
          const incoming = await stream.next(idleMs);
          const isEmpty = incoming.kind === "message" && incoming.message.part === undefined;
          return isEmpty ? next(idleMs) : incoming;
        };
        return updateFile({ ...stream, next }, calls);
      },
    }),
  },
  {
    id: "content-without-bytes-dropped",
    clause: "LEG-025",
    breaks: "It passes over a message whose content has no bytes.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => {
        const next: typeof stream.next = async (idleMs) => {
          const incoming = await stream.next(idleMs);
          const part = incoming.kind === "message" ? incoming.message.part : undefined;
          return part?.$case === "content" && part.value.length === 0 ? next(idleMs) : incoming;
        };
        return updateFile({ ...stream, next }, calls);
      },
    }),
  },
  {
    id: "content-in-one-message",
    clause: "HS-030",
    breaks: "It takes a message with more content than max_data_bytes.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => updateFile(stream, { ...calls, limits: { ...calls.limits, maxDataBytes: 0 } }),
    }),
  },
  {
    id: "silence-endured",
    clause: "LEG-028",
    breaks: "It waits for the next message of an update as long as that takes.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => updateFile({ ...stream, next: () => stream.next(0) }, calls),
    }),
  },
  {
    id: "pauses-added-up",
    clause: "LEG-028",
    breaks: "It ends an update when all its pauses together are longer than sync_idle_ms.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => {
        const endMs = performance.now() + Number(calls.limits.syncIdleMs);
        return updateFile({ ...stream, next: () => stream.next(Math.max(1, endMs - performance.now())) }, calls);
      },
    }),
  },
];
