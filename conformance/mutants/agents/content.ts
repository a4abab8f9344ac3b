import { writeFile } from "node:fs/promises";
import path from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { Codec, type Segment } from "@berth/proto/messages/sync/v49/sync";
import type { AgentParts } from "../agent-parts.ts";
import type { AgentMutant } from "../mutant.ts";

/** Broken content: payloads, segments, digests, and what is kept of a sync that broke off. */
export const contentMutants: readonly AgentMutant[] = [
  {
    id: "data-of-any-size",
    clause: "HS-030",
    breaks: "It takes a Data larger than the max_data_bytes it announces.",
    part: "sync/data-payload",
    mutate: ({ decodePayload }) => ({
      decodePayload: (data, features, limits) => decodePayload(data, features, { ...limits, maxDataBytes: 0 }),
    }),
  },
  {
    id: "raw-size-believed",
    clause: "SYNC-041",
    breaks: "It does not compare raw_size with what a payload decodes to.",
    part: "sync/data-payload",
    mutate: ({ decodePayload }) => ({
      decodePayload(data, ...rest) {
        const isPlain = data.codec === Codec.CODEC_IDENTITY;
        return decodePayload(isPlain ? { ...data, rawSize: data.payload.length } : data, ...rest);
      },
    }),
  },
  {
    id: "data-without-segment",
    clause: "SYNC-041",
    breaks: "It takes a Data without a segment.",
    part: "sync/data-payload",
    mutate: ({ decodePayload }) => ({
      decodePayload: async (data, ...rest) =>
        data.segments.length === 0 ? Buffer.alloc(0) : decodePayload(data, ...rest),
    }),
  },
  {
    id: "zstd-size-believed",
    clause: "SYNC-041",
    breaks: "It decodes zstd into raw_size bytes and does not look how many came.",
    part: "sync/data-payload",
    mutate: ({ decodePayload }) => ({
      decodePayload(data, ...rest) {
        if (data.codec !== Codec.CODEC_ZSTD) return decodePayload(data, ...rest);
        const payload = Buffer.alloc(data.rawSize);
        try {
          zstdDecompressSync(data.payload).copy(payload);
        } catch {
          return decodePayload(data, ...rest);
        }
        return decodePayload({ ...data, codec: Codec.CODEC_IDENTITY, payload }, ...rest);
      },
    }),
  },
  {
    id: "well-compressed-taken-for-a-bomb",
    clause: "SYNC-041",
    breaks: "It takes a payload that decodes to more than ten times its length for one that cannot be decoded.",
    part: "sync/data-payload",
    mutate: ({ decodePayload }) => ({
      decodePayload(data, ...rest) {
        const isBomb = data.rawSize > 10 * data.payload.length;
        return decodePayload(isBomb ? { ...data, payload: Buffer.alloc(0) } : data, ...rest);
      },
    }),
  },
  {
    id: "segments-at-any-offset",
    clause: "SYNC-042",
    breaks: "It puts a segment behind the last one, wherever it says that it begins.",
    part: "sync/content-writer",
    mutate: takingAs((take, missing) => {
      const held = new Map(missing.map(({ digest, heldBytes }) => [digest, BigInt(heldBytes)]));
      return (segments, bytes) => {
        const placed = segments.map((segment) => {
          const digest = Buffer.from(segment.digest).toString("hex");
          const offset = segment.offset === 0n ? 0n : (held.get(digest) ?? 0n);
          held.set(digest, offset + BigInt(segment.length));
          return { ...segment, offset };
        });
        return take(placed, bytes);
      };
    }),
  },
  {
    id: "beginning-not-taken-again",
    clause: "SYNC-042",
    breaks: "It takes a content that it holds in part from there on alone, and not from 0 again.",
    part: "sync/content-writer",
    mutate: takingAs((take, missing) => {
      const begun = new Set(missing.filter(({ heldBytes }) => heldBytes > 0).map(({ digest }) => digest));
      return (segments, bytes) => {
        const isAgain = (one: Segment) => one.offset === 0n && begun.has(Buffer.from(one.digest).toString("hex"));
        const placed = segments.map((one) => (isAgain(one) ? { ...one, offset: -1n } : one));
        return take(placed, bytes);
      };
    }),
  },
  {
    id: "codec-unknown-taken",
    clause: "SYNC-043",
    breaks: "It takes a payload of a codec it does not know for plain bytes.",
    part: "sync/data-payload",
    mutate: ({ decodePayload }) => ({
      decodePayload(data, ...rest) {
        const isKnown = data.codec === Codec.CODEC_IDENTITY || data.codec === Codec.CODEC_ZSTD;
        return decodePayload(isKnown ? data : { ...data, codec: Codec.CODEC_IDENTITY }, ...rest);
      },
    }),
  },
  {
    id: "zstd-unasked",
    clause: "SYNC-043",
    breaks: "It decodes zstd in a session without the feature.",
    part: "sync/data-payload",
    mutate: ({ decodePayload }) => ({
      decodePayload: (data, features, limits) => decodePayload(data, new Set([...features, "zstd@1"]), limits),
    }),
  },
  {
    id: "content-unasked-skipped",
    clause: "SYNC-045",
    breaks: "It skips content that is not missing.",
    part: "sync/content-writer",
    mutate: takingAs((take, missing) => {
      const named = new Set(missing.map(({ digest }) => digest));
      return async (segments, bytes) => {
        const isWanted = segments.every(({ digest }) => named.has(Buffer.from(digest).toString("hex")));
        if (isWanted) await take(segments, bytes);
      };
    }),
  },
  {
    id: "content-come-again-skipped",
    clause: "SYNC-045",
    breaks: "It skips content that has arrived whole and comes once more.",
    part: "sync/content-writer",
    mutate: takingAs((take, missing) => {
      const whole = new Set<string>();
      return async (segments, bytes) => {
        const digests = segments.map(({ digest }) => Buffer.from(digest).toString("hex"));
        if (digests.every((digest) => whole.has(digest))) return;
        await take(segments, bytes);
        for (const [index, { offset, length }] of segments.entries()) {
          const content = missing.find(({ digest }) => digest === digests[index]);
          if (Number(offset) + length === content?.sizeBytes) whole.add(content.digest);
        }
      };
    }),
  },
  {
    id: "content-not-compared",
    clause: "SYNC-046",
    breaks: "It keeps a content that does not have its digest.",
    part: "sync/content-writer",
    mutate: ({ createContentWriter }) => ({
      createContentWriter(staging) {
        const writer = createContentWriter(staging);
        let believed = 0;
        return {
          get missingCount() {
            return writer.missingCount - believed;
          },
          get receivedBytes() {
            return writer.receivedBytes;
          },
          close: () => writer.close(),
          async take(segments, bytes) {
            try {
              await writer.take(segments, bytes);
            } catch (error) {
              const { code } = error as { code?: string };
              const digest = Buffer.from(segments[0]?.digest ?? []).toString("hex");
              const content = staging.missing.find((each) => each.digest === digest);
              if (code !== "CONTENT_DIGEST_MISMATCH" || content === undefined) throw error;
              await writeFile(path.join(staging.directory, content.file.relativePath), bytes);
              believed += 1;
            }
          },
        };
      },
    }),
  },
  {
    id: "commit-before-all-arrived",
    clause: "SYNC-052",
    breaks: "It does not look whether content is missing when Commit comes.",
    part: "sync/content-writer",
    mutate: ({ createContentWriter }) => ({
      createContentWriter(staging) {
        const writer = createContentWriter(staging);
        return {
          missingCount: 0,
          get receivedBytes() {
            return writer.receivedBytes;
          },
          close: () => writer.close(),
          take: (segments, bytes) => writer.take(segments, bytes),
        };
      },
    }),
  },
  {
    id: "partial-content-not-reported",
    clause: "SYNC-060",
    breaks: "It asks again for the whole of a content that it holds in part.",
    part: "sync/staging",
    mutate: ({ openStaging }) => ({
      async openStaging(...words) {
        const staging = await openStaging(...words);
        return { ...staging, missing: staging.missing.map((content) => ({ ...content, heldBytes: 0 })) };
      },
    }),
  },
];

type CreateWriter = AgentParts["sync/content-writer"]["createContentWriter"];
type Take = ReturnType<CreateWriter>["take"];

/** Replaces what a writer does with the bytes of a Data; `missing` is what it was made for. */
function takingAs(change: (take: Take, missing: Parameters<CreateWriter>[0]["missing"]) => Take) {
  return ({ createContentWriter }: AgentParts["sync/content-writer"]) => ({
    createContentWriter(staging: Parameters<CreateWriter>[0]) {
      const writer = createContentWriter(staging);
      return {
        get missingCount() {
          return writer.missingCount;
        },
        get receivedBytes() {
          return writer.receivedBytes;
        },
        close: () => writer.close(),
        take: change((segments, bytes) => writer.take(segments, bytes), staging.missing),
      };
    },
  });
}
