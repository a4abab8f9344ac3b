import { zstdCompressSync } from "node:zlib";
import { Codec, type Data } from "@berth/proto/messages/sync/v49/sync";
import { type Content, wholeData } from "./content.ts";

const DECODED_BYTES = 256 << 20;

/** SYNC-041: a payload of a few KiB that decodes to 256 MiB of zeros, where it says that it holds the content. It is not to be decoded to its end. */
export function zstdBomb(content: Content): Data {
  return { ...wholeData(content), codec: Codec.CODEC_ZSTD, payload: zstdCompressSync(Buffer.alloc(DECODED_BYTES)) };
}
