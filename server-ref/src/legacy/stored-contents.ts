import { createHash } from "node:crypto";
import { formatDigest } from "@berth/proto/rules/digest";
import { contentUnavailable, packDamaged } from "../errors/package-failures.ts";
import type { StoredFile, StoredPackage } from "../home/packages.ts";
import type { ServerHome } from "../home/server-home.ts";
import type { StoredFrame } from "../publishing/frame.ts";
import { openPack, type PackReader } from "../publishing/pack-reader.ts";

/** Decoded frames that are kept: many small files lie in one, and several files are read at a time. At 1 MiB each, a bound on memory. */
const keptFrames = 16;

/** Reads the content of files out of the packs of their packages, several at a time. Opens a pack when it is first needed. */
export interface StoredContents extends AsyncDisposable {
  /**
   * The content of a file in runs of at most 1 MiB, in order; none for a file of no bytes. The last run comes only once the whole was found to have the file's SHA-256, because
   * an agent of the older dialects does not check. Throws `homeDamaged` where it has not.
   */
  read(source: StoredPackage, file: StoredFile): AsyncGenerator<Uint8Array>;
}

/** A run of a content in the frame that holds it. */
interface StoredRun {
  readonly frame: StoredFrame;
  /** Where it begins in the decoded frame, and where in the content. */
  readonly start: number;
  readonly offset: number;
  readonly length: number;
}

interface OpenPack {
  readonly reader: PackReader;
  readonly runs: ReadonlyMap<string, readonly StoredRun[]>;
}

export function openStoredContents(home: ServerHome): StoredContents {
  const packs = new Map<number, Promise<OpenPack>>();
  const frames = new Map<StoredFrame, Promise<Uint8Array>>();

  function packOf(source: StoredPackage): Promise<OpenPack> {
    const opened =
      packs.get(source.id) ?? openPack(home, source).then((reader) => ({ reader, runs: indexRuns(reader) }));
    packs.set(source.id, opened);
    return opened;
  }

  function decoded(reader: PackReader, frame: StoredFrame): Promise<Uint8Array> {
    const bytes = frames.get(frame) ?? reader.readRaw(frame);
    frames.delete(frame); // the order of a Map is that of adding, so the one that was not used for longest comes first
    frames.set(frame, bytes);
    const [oldest] = frames.keys();
    if (frames.size > keptFrames && oldest) frames.delete(oldest);
    return bytes;
  }

  return {
    async *read(source, { digest, sizeBytes, path }) {
      if (sizeBytes === 0) return;
      const { reader, runs } = await packOf(source);
      const ofContent = runs.get(digest);
      if (!ofContent) throw contentUnavailable(digest);
      const hash = createHash("sha256");
      let readBytes = 0;
      for (const { frame, start, offset, length } of ofContent) {
        const bytes = (await decoded(reader, frame)).subarray(start, start + length);
        const isLast = readBytes + length === sizeBytes;
        hash.update(bytes);
        if (offset !== readBytes || readBytes + length > sizeBytes || (isLast && hash.digest("hex") !== digest))
          throw packDamaged(source.kind, source.name, source.version, `the content of ${path} is not what it was`);
        readBytes += length;
        yield bytes;
      }
      if (readBytes !== sizeBytes)
        throw packDamaged(source.kind, source.name, source.version, `the content of ${path} is cut short`);
    },
    async [Symbol.asyncDispose]() {
      for (const opened of await Promise.allSettled(packs.values()))
        if (opened.status === "fulfilled") await opened.value.reader[Symbol.asyncDispose]();
    },
  };
}

/** Where each content of a pack lies, by digest; the runs of one are in the order of the frames, which is that of the content. */
function indexRuns({ frames }: PackReader): Map<string, StoredRun[]> {
  const runs = new Map<string, StoredRun[]>();
  for (const frame of frames) {
    let start = 0;
    for (const { digest, offset, length } of frame.segments) {
      const key = formatDigest(digest);
      const ofContent = runs.get(key) ?? [];
      ofContent.push({ frame, start, offset, length });
      runs.set(key, ofContent);
      start += length;
    }
  }
  return runs;
}
