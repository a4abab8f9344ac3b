import type { FrameSegment } from "../publishing/frame.ts";

/** Gathers runs of content into new frames, where stored ones hold more than is missing or more than fits. */
export interface Repacker {
  /** Takes a run and returns the frames it made full; `bytes` may be cut. Order is kept. */
  add(segment: FrameSegment, bytes: Uint8Array): RawFrame[];
  /** What waits, if anything. */
  flush(): RawFrame[];
}

/** A frame that is not coded yet. */
export interface RawFrame {
  readonly segments: readonly FrameSegment[];
  readonly raw: Uint8Array;
}

/** Makes frames of at most so many decoded bytes and segments. */
export function createRepacker(maxRawBytes: number, maxSegments: number): Repacker {
  let segments: FrameSegment[] = [];
  let runs: Uint8Array[] = [];
  let rawBytes = 0;

  function flush(): RawFrame[] {
    if (segments.length === 0) return [];
    const frame = { segments, raw: runs.length === 1 && runs[0] ? runs[0] : Buffer.concat(runs) };
    segments = [];
    runs = [];
    rawBytes = 0;
    return [frame];
  }

  return {
    flush,
    add({ digest, offset }, bytes) {
      const full: RawFrame[] = [];
      for (let start = 0; start < bytes.length; ) {
        if (rawBytes === maxRawBytes || segments.length === maxSegments) full.push(...flush());
        const run = bytes.subarray(start, start + maxRawBytes - rawBytes);
        segments.push({ digest, offset: offset + start, length: run.length });
        runs.push(run);
        rawBytes += run.length;
        start += run.length;
      }
      return full;
    },
  };
}
