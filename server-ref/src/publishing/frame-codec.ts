import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";
import type { FrameCodec } from "./frame.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Below this the agent's work of decoding is not worth the bytes. */
const worthwhileRatio = 0.95;

/** Bytes as they are stored or sent. */
export interface CodedBytes {
  readonly codec: FrameCodec;
  readonly bytes: Uint8Array;
}

/** Codes the bytes by zstd at level 3 where that saves 5 % or more, and leaves them as they are otherwise. */
export async function codeFrame(raw: Uint8Array): Promise<CodedBytes> {
  const packed = await compress(raw, {
    params: { [constants.ZSTD_c_compressionLevel]: 3 },
    chunkSize: Math.max(raw.length, 1024), // one trip to the thread pool instead of one for each 16 KiB
  });
  return packed.length <= raw.length * worthwhileRatio
    ? { codec: "zstd", bytes: packed }
    : { codec: "identity", bytes: raw };
}

/** The decoded bytes; rejects where they cannot be decoded to exactly `rawSize` bytes. */
export async function decodeFrame({ codec, bytes }: CodedBytes, rawSize: number): Promise<Uint8Array> {
  const raw =
    codec === "identity"
      ? bytes
      : await decompress(bytes, { maxOutputLength: rawSize, chunkSize: Math.max(rawSize, 1024) });
  if (raw.length !== rawSize) throw new RangeError(`a frame decodes to ${raw.length} bytes instead of ${rawSize}`);
  return raw;
}
