import { zstdCompressSync } from "node:zlib";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import { type Content, type FaultyData, wholeData } from "./content.ts";

/** SYNC-043: codecs that a session without features has not agreed on, or that nobody knows. */
export function codecsNotNegotiated(content: Content): FaultyData {
  const good = wholeData(content);
  return {
    "zstd without the feature": { ...good, codec: Codec.CODEC_ZSTD, payload: zstdCompressSync(content.bytes) },
    "the codec unspecified": { ...good, codec: Codec.CODEC_UNSPECIFIED },
    "the unknown codec 99": { ...good, codec: 99 as Codec },
    "the unknown codec -2": { ...good, codec: -2 as Codec },
  };
}
