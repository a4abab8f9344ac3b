import type { FileHandle } from "node:fs/promises";

/** The streams of a host, by their numbers on the wire. */
export type StreamNumber = 1 | 2;

/** A run of output of one stream: it reaches from the end of the run before it to `end`. */
export interface OutputRun {
  /** Its stream; "truncated" is a mark without bytes, behind the last run, that says that output was dropped (OP-024). */
  readonly kind: StreamNumber | "truncated";
  /** The position after its last byte, counted over both streams. */
  readonly end: number;
}

/** The bytes of one run in the index: its kind, a check byte, and its end in 6 bytes, most significant first. */
export const runBytes = 8;

/** The longest output an index can describe. */
export const longestOutputBytes = 2 ** 48 - 1;

const truncatedNumber = 3;
const runsPerPage = 4_096;

export function encodeRun(run: OutputRun): Buffer {
  const bytes = Buffer.alloc(runBytes);
  bytes[0] = run.kind === "truncated" ? truncatedNumber : run.kind;
  bytes.writeUIntBE(run.end, 2, 6);
  bytes[1] = checkByte(bytes);
  return bytes;
}

/** The run that `bytes` hold from `offset` on, or undefined when they hold none. */
function decodeRun(bytes: Buffer, offset: number): OutputRun | undefined {
  const run = bytes.subarray(offset, offset + runBytes);
  if (run.length < runBytes || run[1] !== checkByte(run)) return undefined;
  const end = run.readUIntBE(2, 6);
  const number = run[0];
  if (number === 1 || number === 2) return { kind: number, end };
  return number === truncatedNumber ? { kind: "truncated", end } : undefined;
}

/** What of an index can be trusted: its runs from the first on, up to one that is torn, damaged or beyond the output there is. */
export interface TrustedIndex {
  readonly runCount: number;
  readonly last: OutputRun | undefined;
}

/** Reads an index that another life of the agent wrote, of which `outputFileBytes` of output are there. */
export async function checkIndex(index: FileHandle, outputFileBytes: number): Promise<TrustedIndex> {
  let runCount = 0;
  let last: OutputRun | undefined;
  for (;;) {
    const page = await readRuns(index, runCount, runsPerPage);
    for (const run of page) {
      const reachesFurther = run.end > (last?.end ?? 0);
      const fits =
        run.kind === "truncated" ? run.end === (last?.end ?? 0) : reachesFurther && run.end <= outputFileBytes;
      if (!fits || last?.kind === "truncated") return { runCount, last };
      last = run;
      runCount++;
    }
    if (page.length < runsPerPage) return { runCount, last };
  }
}

/** At most `count` whole runs from the run `first` on. */
export async function readRuns(index: FileHandle, first: number, count: number): Promise<OutputRun[]> {
  const bytes = Buffer.alloc(count * runBytes);
  const { bytesRead } = await index.read(bytes, 0, bytes.length, first * runBytes);
  const runs: OutputRun[] = [];
  for (let offset = 0; offset + runBytes <= bytesRead; offset += runBytes) {
    const run = decodeRun(bytes, offset);
    if (run === undefined) break;
    runs.push(run);
  }
  return runs;
}

/** The number of the first of `runCount` runs that holds a byte at or behind `position`, by halving: an index can be larger than memory. */
export async function findRun(index: FileHandle, runCount: number, position: number): Promise<number> {
  let low = 0;
  let high = runCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [run] = await readRuns(index, middle, 1);
    if (run !== undefined && run.end <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function checkByte(run: Buffer): number {
  let check = 0xa5;
  for (let i = 0; i < runBytes; i++) if (i !== 1) check ^= run[i]!;
  return check;
}
