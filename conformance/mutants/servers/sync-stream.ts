import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

type Stream = ReturnType<ServerParts["sync/sync-stream"]["openSyncStream"]>;

/** Broken syncs: the order of the stream, and its end. */
export const syncStreamMutants: readonly ServerMutant[] = [
  {
    id: "empty-part-after-the-manifest",
    clause: "SYNC-030",
    breaks: "It ends every manifest with an empty part.",
    part: "sync/sync-stream",
    mutate: sending(async (stream, frame) => {
      await stream.send(frame);
      if (frame.$case === "offer") await stream.send({ $case: "manifestPart", value: { manifest: new Uint8Array() } });
    }),
  },
  {
    id: "commit-left-out",
    clause: "SYNC-030",
    breaks: "It ends its side without Commit.",
    part: "sync/sync-stream",
    mutate: sending(async (stream, frame) => {
      if (frame.$case !== "commit") await stream.send(frame);
    }),
  },
  {
    id: "commit-twice",
    clause: "SYNC-030",
    breaks: "It sends Commit a second time.",
    part: "sync/sync-stream",
    mutate: sending(async (stream, frame) => {
      await stream.send(frame);
      if (frame.$case === "commit") await stream.send(frame);
    }),
  },
  {
    id: "side-left-open",
    clause: "SYNC-030",
    breaks: "It does not end its side after Commit.",
    part: "transport/agent-connection",
    mutate: ({ connectAgent }) => ({
      connectAgent: async (...words) => {
        const connection = await connectAgent(...words);
        // Both would end the stream too.
        const open = { end: () => {}, cancel: () => {} };
        const sync = Object.assign(Object.create(connection.sync) as typeof connection.sync, {
          sync: () => Object.assign(connection.sync.sync(), open),
        });
        return { ...connection, sync, close: () => {} };
      },
    }),
  },
  {
    id: "first-need-suffices",
    clause: "SYNC-037",
    breaks: "It takes the first Need for the complete one.",
    part: "sync/sync-stream",
    mutate: ({ openSyncStream }) => ({
      openSyncStream: (...words) => {
        const stream = openSyncStream(...words);
        return {
          ...stream,
          async receive() {
            const frame = await stream.receive();
            return frame.$case === "need" ? { ...frame, value: { ...frame.value, complete: true } } : frame;
          },
        };
      },
    }),
  },
];

/** A stream that sends by way of `send`. */
function sending(send: (stream: Stream, frame: Parameters<Stream["send"]>[0]) => Promise<void>) {
  return ({ openSyncStream }: ServerParts["sync/sync-stream"]): Partial<ServerParts["sync/sync-stream"]> => ({
    openSyncStream: (...words) => {
      const stream = openSyncStream(...words);
      return { ...stream, send: (frame) => send(stream, frame) };
    },
  });
}
