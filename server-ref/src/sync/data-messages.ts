import { Codec, type Data } from "@berth/proto/messages/sync/v49/sync";
import { formatDigest } from "@berth/proto/rules/digest";
import { contentUnavailable } from "../errors/package-failures.ts";
import type { AgentLimits } from "../handshake/agent-limits.ts";
import type { StoredPackage } from "../home/packages.ts";
import type { ServerHome } from "../home/server-home.ts";
import {
  type FrameCodec,
  type FrameSegment,
  maxFrameRawBytes,
  maxFrameSegments,
  type StoredFrame,
} from "../publishing/frame.ts";
import { codeFrame } from "../publishing/frame-codec.ts";
import { openPack, type PackReader } from "../publishing/pack-reader.ts";
import type { MissingContents } from "./missing-contents.ts";
import { createRepacker, type RawFrame } from "./repacker.ts";

/** What decides how content is sent in one session. */
export interface SendingTerms {
  readonly limits: AgentLimits;
  /** Whether `zstd@1` is a feature of the session (SYNC-043). */
  readonly allowsZstd: boolean;
}

/** A run of a stored frame that has to be sent. */
interface Piece {
  readonly segment: FrameSegment;
  /** Where the run begins in the decoded frame. */
  readonly start: number;
}

/**
 * Makes the Data messages that carry exactly what is missing, each content once and whole before the next begins (SYNC-040). A frame goes out as it is stored where all of it is
 * missing; otherwise what is missing of it is packed anew. Takes entries out of `missing` as their content is complete. Throws `homeDamaged` before a wrong byte would be sent.
 */
export async function* createDataMessages(
  home: ServerHome,
  packages: readonly StoredPackage[],
  missing: MissingContents,
  terms: SendingTerms,
): AsyncGenerator<Data> {
  const maxRawBytes = Math.min(maxFrameRawBytes, terms.limits.maxDataBytes);
  const repacker = createRepacker(maxRawBytes, maxFrameSegments);
  for (const one of packages) {
    if (missing.size === 0) break;
    await using pack = await openPack(home, one);
    for (const frame of pack.frames) {
      const pieces = choosePieces(frame, missing);
      if (pieces.length === 0) continue;
      if (canGoAsStored(frame, pieces)) {
        // What waits can be the rest of a content that was begun, and may not come between the slices of another.
        yield* sendAll(repacker.flush());
        yield toMessage(frame.codec, frame.rawSize, frame.segments, await pack.readStored(frame));
      } else {
        yield* sendAll(await repack(pack, frame, pieces));
      }
      forgetComplete(pieces, missing);
    }
  }
  yield* sendAll(repacker.flush());
  const [unavailable] = missing.keys();
  if (unavailable !== undefined) throw contentUnavailable(unavailable);

  function canGoAsStored(frame: StoredFrame, pieces: readonly Piece[]): boolean {
    const sent = pieces.reduce((sum, { segment }) => sum + segment.length, 0);
    return sent === frame.rawSize && frame.rawSize <= maxRawBytes && (frame.codec === "identity" || terms.allowsZstd);
  }

  async function repack(pack: PackReader, frame: StoredFrame, pieces: readonly Piece[]): Promise<RawFrame[]> {
    const raw = await pack.readRaw(frame);
    return pieces.flatMap(({ segment, start }) => repacker.add(segment, raw.subarray(start, start + segment.length)));
  }

  async function* sendAll(frames: readonly RawFrame[]): AsyncGenerator<Data> {
    for (const { segments, raw } of frames) {
      const { codec, bytes } = terms.allowsZstd ? await codeFrame(raw) : { codec: "identity" as const, bytes: raw };
      yield toMessage(codec, raw.length, segments, bytes);
    }
  }
}

/** What of a frame is missing. A content that two packages hold is gone from `missing` once the first of them was sent. */
function choosePieces(frame: StoredFrame, missing: MissingContents): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const segment of frame.segments) {
    const content = missing.get(formatDigest(segment.digest));
    const end = segment.offset + segment.length;
    if (content && end > content.heldBytes) {
      const skipped = Math.max(0, content.heldBytes - segment.offset);
      pieces.push({
        segment: { digest: segment.digest, offset: segment.offset + skipped, length: segment.length - skipped },
        start: start + skipped,
      });
    }
    start += segment.length;
  }
  return pieces;
}

function forgetComplete(pieces: readonly Piece[], missing: MissingContents): void {
  for (const { segment } of pieces) {
    const key = formatDigest(segment.digest);
    if (segment.offset + segment.length === missing.get(key)?.sizeBytes) missing.delete(key);
  }
}

function toMessage(codec: FrameCodec, rawSize: number, segments: readonly FrameSegment[], payload: Uint8Array): Data {
  return {
    codec: codec === "zstd" ? Codec.CODEC_ZSTD : Codec.CODEC_IDENTITY,
    rawSize,
    segments: segments.map(({ digest, offset, length }) => ({ digest, offset: BigInt(offset), length })),
    payload,
  };
}
