import { zstdCompressSync } from "node:zlib";
import { Codec, type Data } from "@berth/proto/messages/sync/v49/sync";
import type { Release } from "../../material/release.ts";
import type { Lacking } from "./check-need.ts";

/** How contents are cut and coded. */
export interface DataOptions {
  /** The most decoded bytes in one Data. */
  readonly dataBytes: number;
  readonly codec: Codec;
}

/** A Data of the given pieces, coded as asked for, with every length true. */
export function dataOf(
  pieces: readonly { readonly digest: string; readonly offset: number; readonly bytes: Uint8Array }[],
  codec: Codec = Codec.CODEC_IDENTITY,
): Data {
  const raw = Buffer.concat(pieces.map((piece) => piece.bytes));
  return {
    codec,
    rawSize: raw.length,
    segments: pieces.map(({ digest, offset, bytes }) => ({
      digest: Buffer.from(digest, "hex"),
      offset: BigInt(offset),
      length: bytes.length,
    })),
    payload: codec === Codec.CODEC_ZSTD ? zstdCompressSync(raw) : raw,
  };
}

/** All that is lacking, as Data messages: small contents together, large ones in pieces, each going on where it is held. */
export function* dataFrames(release: Release, lacking: Lacking, options: DataOptions): Generator<Data> {
  let pieces: { digest: string; offset: number; bytes: Uint8Array }[] = [];
  let room = options.dataBytes;
  for (const digest of lacking.missing) {
    const content = release.contents.get(digest)!;
    let offset = lacking.held.get(digest) ?? 0;
    while (offset < content.length) {
      const bytes = content.subarray(offset, offset + room);
      pieces.push({ digest, offset, bytes });
      offset += bytes.length;
      room -= bytes.length;
      if (room === 0) {
        yield dataOf(pieces, options.codec);
        pieces = [];
        room = options.dataBytes;
      }
    }
  }
  if (pieces.length > 0) yield dataOf(pieces, options.codec);
}
