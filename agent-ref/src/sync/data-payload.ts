import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { Codec, type Data } from "@berth/proto/messages/sync/v49/sync";
import { exceeds } from "../limits.ts";
import { invalidPayload, limitExceeded } from "./sync-errors.ts";

const decompress = promisify(zstdDecompress);

/**
 * The decoded payload of a Data: exactly `raw_size` bytes, which is what its segments sum to (SYNC-041). Decodes no further than that,
 * so that a small payload never grows without bound, and off the main thread.
 */
export async function decodePayload(data: Data, features: ReadonlySet<string>, limits: Limits): Promise<Buffer> {
  if (exceeds(data.rawSize, limits.maxDataBytes)) throw limitExceeded("max_data_bytes", limits.maxDataBytes, "HS-030");
  if (data.segments.length === 0) throw invalidPayload("A Data has no segment.", "SYNC-041");
  if (data.segments.some((segment) => segment.length === 0)) {
    throw invalidPayload("A segment has no length.", "SYNC-041");
  }
  if (data.segments.reduce((sum, segment) => sum + segment.length, 0) !== data.rawSize) {
    throw invalidPayload("The lengths of the segments do not sum to raw_size.", "SYNC-041");
  }

  const decoded = await decode(data, features);
  if (decoded.length !== data.rawSize) {
    throw invalidPayload(`The payload decodes to ${decoded.length} bytes, not to raw_size.`, "SYNC-041");
  }
  return decoded;
}

async function decode({ codec, payload, rawSize }: Data, features: ReadonlySet<string>): Promise<Buffer> {
  switch (codec) {
    case Codec.CODEC_IDENTITY:
      return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    case Codec.CODEC_ZSTD:
      if (!features.has("zstd@1")) throw invalidPayload("The session does not have the feature zstd@1.", "SYNC-043");
      try {
        // One piece of exactly the right size: each further piece would be a trip to the thread pool of its own.
        return await decompress(payload, { maxOutputLength: rawSize, chunkSize: Math.max(rawSize, MIN_CHUNK_BYTES) });
      } catch (error) {
        throw invalidPayload("The payload is not a zstd frame of raw_size bytes.", "SYNC-041", error);
      }
    default:
      throw invalidPayload(`The codec ${codec} is unknown.`, "SYNC-043");
  }
}

/** The smallest piece that node:zlib takes. */
const MIN_CHUNK_BYTES = 64;
