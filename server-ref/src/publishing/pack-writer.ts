import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { FrameSegment, StoredFrame } from "./frame.ts";
import { codeFrame } from "./frame-codec.ts";

/** Frames that are being coded while earlier ones are written: enough for two cores, and a bound on memory. */
const framesInFlight = 4;

/** Appends frames to a pack, in the order in which they come. */
export interface PackWriter {
  /** Takes a frame; resolves when there is room for the next. `raw` must not change afterwards. */
  append(raw: Uint8Array, segments: readonly FrameSegment[]): Promise<void>;
  /** Resolves when every frame is written, with all of them and the length of the pack. */
  finish(): Promise<{ readonly frames: readonly StoredFrame[]; readonly packBytes: number }>;
}

export function createPackWriter(file: FileHandle): PackWriter {
  const frames: StoredFrame[] = [];
  const inFlight: Promise<void>[] = [];
  let position = 0;
  let lastWrite: Promise<void> = Promise.resolve();

  async function write(
    coded: ReturnType<typeof codeFrame>,
    before: Promise<void>,
    rawSize: number,
    segments: readonly FrameSegment[],
  ): Promise<void> {
    const [{ codec, bytes }] = await Promise.all([coded, before]);
    frames.push({
      position,
      length: bytes.length,
      codec,
      rawSize,
      storedDigest: createHash("sha256").update(bytes).digest(),
      segments,
    });
    await file.writeFile(bytes);
    position += bytes.length;
  }

  return {
    async append(raw, segments) {
      lastWrite = write(codeFrame(raw), lastWrite, raw.length, segments);
      lastWrite.catch(() => {}); // thrown where it is awaited, below
      inFlight.push(lastWrite);
      if (inFlight.length > framesInFlight) await inFlight.shift();
    },
    async finish() {
      await lastWrite;
      return { frames, packBytes: position };
    },
  };
}
