import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { homeUnwritable } from "../errors/home-failures.ts";
import type { FrameSegment, StoredFrame } from "./frame.ts";
import { codeFrame } from "./frame-codec.ts";

/** Frames that are being coded while earlier ones are written: enough for two cores, and a bound on memory. */
const framesInFlight = 4;

/** Appends frames to a pack, in the order in which they come. Rejects with `homeDamaged` where the disk takes no more. */
export interface PackWriter {
  /** Takes a frame; resolves when there is room for the next. `raw` must not change afterwards. */
  append(raw: Uint8Array, segments: readonly FrameSegment[]): Promise<void>;
  /** Resolves when every frame is on the disk, with all of them and the length of the pack. */
  finish(): Promise<{ readonly frames: readonly StoredFrame[]; readonly packBytes: number }>;
}

export function createPackWriter(file: FileHandle, directory: string): PackWriter {
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
    await onDisk(() => file.writeFile(bytes));
    position += bytes.length;
  }

  async function onDisk(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      throw homeUnwritable(directory, cause);
    }
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
      await onDisk(() => file.sync());
      return { frames, packBytes: position };
    },
  };
}
