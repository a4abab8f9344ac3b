import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

/** Broken resumes: contents that are held in part, and connections that break. */
export const resumeMutants: readonly ServerMutant[] = [
  {
    id: "held-bytes-off-by-one",
    clause: "SYNC-061",
    breaks: "It continues a content one byte after what is held of it.",
    part: "sync/missing-contents",
    mutate: continuingAt((heldBytes) => heldBytes + 1n),
  },
  {
    id: "held-bytes-rounded-down",
    clause: "SYNC-061",
    breaks: "It continues a content at the last multiple of 4 KiB that is held of it.",
    part: "sync/missing-contents",
    mutate: continuingAt((heldBytes) => heldBytes - (heldBytes % 4_096n)),
  },
  {
    id: "broken-sync-called-done",
    clause: "SYNC-062",
    breaks: "It reports a sync as done whose connection broke at every try.",
    part: "sync/sync-agent",
    mutate: ({ syncAgent }) => ({
      syncAgent: async (agent, task) => {
        try {
          return await syncAgent(agent, task);
        } catch (error) {
          if (!(error instanceof Error && error.message.includes("broke off"))) throw error;
          const unknown = { agentVersion: 49, dialect: 49, instance: "", isolation: "", seconds: 0 };
          const counts = { files: task.wanted.fileCount, sentBytes: 0, payloadBytes: 0, reusedBytes: 0 };
          return { agent: agent.name, manifestDigest: task.wanted.digestText, ...unknown, ...counts };
        }
      },
    }),
  },
  {
    id: "commit-taken-for-committed",
    clause: "SYNC-062",
    breaks: "It takes a sync for committed when the connection breaks after Commit.",
    part: "sync/sync-stream",
    mutate: ({ openSyncStream }) => ({
      openSyncStream: (...words) => {
        const stream = openSyncStream(...words);
        let manifestDigest = new Uint8Array();
        let isCommitSent = false;
        return {
          ...stream,
          async send(frame) {
            if (frame.$case === "offer") manifestDigest = Uint8Array.from(frame.value.manifestDigest);
            isCommitSent ||= frame.$case === "commit";
            await stream.send(frame);
          },
          async receive() {
            try {
              return await stream.receive();
            } catch (error) {
              if (!isCommitSent || !(error instanceof Error && error.name === "ConnectionBroken")) throw error;
              return { $case: "committed", value: { manifestDigest, receivedBytes: 0n, reusedBytes: 0n } };
            }
          },
        };
      },
    }),
  },
];

function continuingAt(place: (heldBytes: bigint) => bigint) {
  return ({
    createMissingContents,
  }: ServerParts["sync/missing-contents"]): Partial<ServerParts["sync/missing-contents"]> => ({
    createMissingContents: (sizes) => {
      const { missing, add } = createMissingContents(sizes);
      return {
        missing,
        add: ({ partials, ...need }) =>
          add({ ...need, partials: partials.map((one) => ({ ...one, heldBytes: place(one.heldBytes) })) }),
      };
    },
  });
}
