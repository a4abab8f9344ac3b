import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { Failure } from "../errors/failure.ts";
import { packageChanged, packageUnreadable } from "../errors/package-failures.ts";
import type { ReportProgress } from "../progress.ts";
import { stampOf } from "./file-stamp.ts";
import { type FrameSegment, maxFrameRawBytes, maxFrameSegments } from "./frame.ts";
import type { PackWriter } from "./pack-writer.ts";
import type { SourceFile } from "./walk-package.ts";

/** A file of a package with the SHA-256 of its content. */
export interface PublishedFile extends SourceFile {
  readonly digest: Buffer;
}

/**
 * Reads every file once or twice, and writes every content once, into frames of at most 1 MiB: many small contents together, a large one cut. A content of no bytes
 * is in no frame (SYNC-036). Holds a few frames in memory, whatever the size of the package. Throws a `Failure` that names the file where one cannot be read or
 * changes meanwhile, and the signal's reason where it is aborted.
 */
export async function packContents(
  files: readonly SourceFile[],
  writer: PackWriter,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<PublishedFile[]> {
  const written = new Set<string>();
  const published: PublishedFile[] = [];
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  let waiting = emptyFrame();

  async function flush(): Promise<void> {
    if (waiting.segments.length > 0) await writer.append(Buffer.concat(waiting.contents), waiting.segments);
    waiting = emptyFrame();
  }

  async function addWhole(content: Buffer, digest: Buffer): Promise<void> {
    if (waiting.bytes + content.length > maxFrameRawBytes || waiting.segments.length === maxFrameSegments)
      await flush();
    waiting.contents.push(content);
    waiting.segments.push({ digest, offset: 0, length: content.length });
    waiting.bytes += content.length;
  }

  async function publish(file: SourceFile): Promise<Buffer> {
    const digest = await pack(file);
    // Content under a time that it did not have would never be replaced on an agent that judges by time (LEG-031).
    if (stampOf(await stat(file.location, { bigint: true })) !== file.stamp) throw packageChanged(file.path);
    return digest;
  }

  async function pack(file: SourceFile): Promise<Buffer> {
    if (file.sizeBytes > maxFrameRawBytes) {
      const digest = await hashFile(file, signal);
      if (!isKnown(written, digest)) await cutFile(file, digest, writer, signal);
      return digest;
    }
    const content = await readFile(file.location);
    if (content.length !== file.sizeBytes) throw packageChanged(file.path);
    const digest = createHash("sha256").update(content).digest();
    if (content.length > 0 && !isKnown(written, digest)) await addWhole(content, digest);
    return digest;
  }

  for (const file of files) {
    signal.throwIfAborted();
    const digest = await namingTheFile(file, signal, () => publish(file));
    published.push({ ...file, digest });
    doneBytes += file.sizeBytes;
    report({ doneBytes, totalBytes });
  }
  await flush();
  return published;
}

interface WaitingFrame {
  readonly contents: Buffer[];
  readonly segments: FrameSegment[];
  bytes: number;
}

function emptyFrame(): WaitingFrame {
  return { contents: [], segments: [], bytes: 0 };
}

/** Says whether the content was there before, and notes that it is now. */
function isKnown(written: Set<string>, digest: Buffer): boolean {
  const key = digest.toString("hex");
  if (written.has(key)) return true;
  written.add(key);
  return false;
}

async function hashFile(file: SourceFile, signal: AbortSignal): Promise<Buffer> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of createReadStream(file.location, { highWaterMark: maxFrameRawBytes })) {
    signal.throwIfAborted();
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  if (sizeBytes !== file.sizeBytes) throw packageChanged(file.path);
  return hash.digest();
}

// Hashed a second time on the way into the pack, because a frame carries the digest of bytes that are still to be read.
async function cutFile(file: SourceFile, digest: Buffer, writer: PackWriter, signal: AbortSignal): Promise<void> {
  const hash = createHash("sha256");
  await using handle = await open(file.location);
  for (let offset = 0; offset < file.sizeBytes; ) {
    signal.throwIfAborted();
    const length = Math.min(maxFrameRawBytes, file.sizeBytes - offset);
    const slice = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; ) {
      const { bytesRead } = await handle.read(slice, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw packageChanged(file.path);
      filled += bytesRead;
    }
    hash.update(slice);
    await writer.append(slice, [{ digest, offset, length }]);
    offset += length;
  }
  if (!hash.digest().equals(digest)) throw packageChanged(file.path);
}

async function namingTheFile<Result>(
  file: SourceFile,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof Failure ? cause : packageUnreadable(file.path, cause);
  }
}
