import { createHash } from "node:crypto";
import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

type Manifest = ReturnType<ServerParts["sync/wanted-manifest"]["readWantedManifest"]>;
type Stream = ReturnType<ServerParts["sync/sync-stream"]["openSyncStream"]>;

/** Broken syncs: the form of the manifest and the order of the stream. */
export const syncMutants: readonly ServerMutant[] = [
  {
    id: "manifest-without-its-last-line-end",
    clause: "SYNC-003",
    breaks: "It does not end the last line of a manifest.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) => rewritten(readWantedManifest(home), (text) => text.replace(/\n$/, "")),
    }),
  },
  {
    id: "manifest-with-crlf",
    clause: "SYNC-003",
    breaks: "It ends the lines of a manifest with CR and LF.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) => rewritten(readWantedManifest(home), (text) => text.replaceAll("\n", "\r\n")),
    }),
  },
  {
    id: "digests-in-upper-case",
    clause: "SYNC-003",
    breaks: "It writes the digests of a manifest in upper case.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) =>
        rewritten(readWantedManifest(home), (text) => text.replace(/(?<= )[0-9a-f]{64}/g, (hex) => hex.toUpperCase())),
    }),
  },
  {
    id: "host-before-extensions",
    clause: "SYNC-003",
    breaks: "It names the host before the extensions.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) =>
        rewritten(readWantedManifest(home), (text) => text.replace(/^(.*?\n)(extension .*\n)(host .*)$/s, "$1$3$2")),
    }),
  },
  {
    id: "paths-in-utf-16-order",
    clause: "SYNC-003",
    breaks: "It puts paths in the order of their UTF-16 units.",
    part: "rules/utf8-order",
    mutate: () => ({ compareUtf8: (a, b) => (a < b ? -1 : Number(a > b)) }),
  },
  {
    id: "names-in-order-without-case",
    clause: "SYNC-003",
    breaks: "It puts names and paths in an order that knows no case.",
    part: "rules/utf8-order",
    mutate: ({ compareUtf8 }) => ({
      compareUtf8: (a, b) => compareUtf8(a.toLowerCase(), b.toLowerCase()) || compareUtf8(a, b),
    }),
  },
  {
    id: "digest-of-something-else",
    clause: "SYNC-003",
    breaks: "It offers the SHA-256 of the manifest without its first line.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) => {
        const wanted = readWantedManifest(home);
        return { ...wanted, digest: sha256(wanted.bytes.subarray(wanted.bytes.indexOf(10) + 1)) };
      },
    }),
  },
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

/** The manifest with other bytes, and the SHA-256 of these. */
function rewritten(wanted: Manifest, rewrite: (text: string) => string): Manifest {
  const bytes = Buffer.from(rewrite(Buffer.from(wanted.bytes).toString()));
  const digest = sha256(bytes);
  return { ...wanted, bytes, digest, digestText: digest.toString("hex") };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** A stream that sends by way of `send`. */
function sending(send: (stream: Stream, frame: Parameters<Stream["send"]>[0]) => Promise<void>) {
  return ({ openSyncStream }: ServerParts["sync/sync-stream"]): Partial<ServerParts["sync/sync-stream"]> => ({
    openSyncStream: (...words) => {
      const stream = openSyncStream(...words);
      return { ...stream, send: (frame) => send(stream, frame) };
    },
  });
}
