import { zstdCompressSync } from "node:zlib";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import { type Content, type FaultyData, wholeData } from "./content.ts";
import { zstdBomb } from "./zstd-bomb.ts";

/** SYNC-041: payloads that are not one zstd frame of exactly the bytes they stand for. For a session with `zstd@1`. */
export function faultyZstd(content: Content): FaultyData {
  const { bytes } = content;
  const coded = zstdCompressSync(bytes);
  const zstd = { ...wholeData(content), codec: Codec.CODEC_ZSTD };
  return {
    "bytes that are not zstd": { ...zstd, payload: bytes },
    "a frame cut short": { ...zstd, payload: coded.subarray(0, -3) },
    "a frame that decodes to one byte less": { ...zstd, payload: zstdCompressSync(bytes.subarray(1)) },
    "a frame that decodes to one byte more": {
      ...zstd,
      payload: zstdCompressSync(Buffer.concat([bytes, bytes.subarray(0, 1)])),
    },
    "a bomb of 256 MiB": zstdBomb(content),
    "an empty payload": { ...zstd, payload: Buffer.alloc(0) },
    "bytes after the frame": { ...zstd, payload: Buffer.concat([coded, Buffer.from("more")]) },
  };
}
