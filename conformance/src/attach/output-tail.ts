import type { Readable } from "node:stream";

/** The last text a process wrote, for error messages. */
export interface OutputTail {
  text(): string;
}

/** Reads a stream to its end and keeps the last `keptBytes` of it. */
export function keepTail(stream: Readable | null, keptBytes: number): OutputTail {
  let kept = Buffer.alloc(0);
  stream?.on("data", (part: Buffer) => {
    kept = Buffer.concat([kept, part]).subarray(-keptBytes);
  });
  return { text: () => kept.toString("utf8").trimEnd() };
}
