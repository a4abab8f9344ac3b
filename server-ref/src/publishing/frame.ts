/** A run of bytes of one content, as the wire's Segment names it. */
export interface FrameSegment {
  /** The SHA-256 of the whole content: 32 bytes. */
  readonly digest: Uint8Array;
  /** Where in the content the run begins, in bytes. */
  readonly offset: number;
  /** The length of the run in bytes, at least 1. */
  readonly length: number;
}

export type FrameCodec = "identity" | "zstd";

/** A frame in a pack: what can be sent as one Data message just as it is stored. */
export interface StoredFrame {
  /** Where its stored bytes begin in the pack, and how many there are. */
  readonly position: number;
  readonly length: number;
  readonly codec: FrameCodec;
  /** The length once decoded. */
  readonly rawSize: number;
  /** The SHA-256 of the stored bytes, so that damage is found before anything is sent. */
  readonly storedDigest: Uint8Array;
  readonly segments: readonly FrameSegment[];
}

/** The most decoded bytes of a frame: 1 MiB. */
export const maxFrameRawBytes = 1024 * 1024;

/** The most segments of a frame. Each takes at most 40 bytes of a message, so a full frame stays within 1,114,112 bytes, which every agent accepts (HS-032). */
export const maxFrameSegments = 1_500;

const recordBytes = 44;

/** The form in which an index row holds segments: 32 bytes of digest, 8 of offset and 4 of length each, big-endian. */
export function encodeSegments(segments: readonly FrameSegment[]): Buffer {
  const bytes = Buffer.alloc(segments.length * recordBytes);
  segments.forEach(({ digest, offset, length }, index) => {
    bytes.set(digest, index * recordBytes);
    bytes.writeBigUInt64BE(BigInt(offset), index * recordBytes + 32);
    bytes.writeUInt32BE(length, index * recordBytes + 40);
  });
  return bytes;
}

/** Reads what `encodeSegments` wrote, or returns undefined for anything else. */
export function decodeSegments(stored: Uint8Array, rawSize: number): FrameSegment[] | undefined {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (bytes.length === 0 || bytes.length % recordBytes !== 0) return undefined;
  const segments: FrameSegment[] = [];
  let sum = 0;
  for (let start = 0; start < bytes.length; start += recordBytes) {
    const length = bytes.readUInt32BE(start + 40);
    segments.push({
      digest: bytes.subarray(start, start + 32),
      offset: Number(bytes.readBigUInt64BE(start + 32)),
      length,
    });
    sum += length;
  }
  return sum === rawSize ? segments : undefined;
}
