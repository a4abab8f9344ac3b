import { createHash, type Hash, hash } from "node:crypto";
import { chmod, type FileHandle, open, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Segment } from "@berth/proto/messages/sync/v49/sync";
import { inParallel } from "../storage/in-parallel.ts";
import { hashPrefix } from "./hash-file.ts";
import { finalMode } from "./placement.ts";
import type { MissingContent, Staging } from "./staging.ts";
import { contentDigestMismatch, outOfOrder, unexpectedContent } from "./sync-errors.ts";

/** Puts the missing content into the staging, as it arrives. */
export interface ContentWriter {
  /** How many contents are not whole yet. */
  readonly missingCount: number;
  /** The bytes taken so far. */
  readonly receivedBytes: bigint;
  /** Takes the decoded bytes of one Data. Answers once they are written. Throws the refusals of SYNC-042, SYNC-045 and SYNC-046. */
  take(segments: readonly Segment[], bytes: Buffer): Promise<void>;
  /** Closes the file that is being written; what it holds is kept. */
  close(): Promise<void>;
}

/** The content that is being written in pieces. */
interface Begun {
  readonly content: MissingContent;
  readonly handle: FileHandle;
  readonly sum: Hash;
  position: number;
}

/** A writer for everything the staging misses. */
export function createContentWriter(staging: Pick<Staging, "directory" | "missing">): ContentWriter {
  return new StagingWriter(staging);
}

class StagingWriter implements ContentWriter {
  readonly #directory: string;
  readonly #missing: Map<string, MissingContent>;
  #begun: Begun | undefined;
  #receivedBytes = 0n;

  constructor({ directory, missing }: Pick<Staging, "directory" | "missing">) {
    this.#directory = directory;
    this.#missing = new Map(missing.map((content) => [content.digest, content]));
  }

  get missingCount(): number {
    return this.#missing.size;
  }

  get receivedBytes(): bigint {
    return this.#receivedBytes;
  }

  async take(segments: readonly Segment[], bytes: Buffer): Promise<void> {
    const whole: { readonly content: MissingContent; readonly bytes: Buffer }[] = [];
    let start = 0;
    try {
      for (const segment of segments) {
        const piece = bytes.subarray(start, start + segment.length);
        start += segment.length;
        const content = this.#expect(segment);
        if (piece.length === content.sizeBytes) {
          if (hash("sha256", piece, "hex") !== content.digest) await this.#refuse(content);
          whole.push({ content, bytes: piece });
          this.#missing.delete(content.digest);
        } else {
          await this.#append(content, Number(segment.offset), piece);
        }
      }
    } finally {
      // What arrived before a fault is kept.
      await inParallel(whole, (one) => this.#writeWhole(one.content, one.bytes));
    }
    this.#receivedBytes += BigInt(bytes.length);
  }

  async close(): Promise<void> {
    await this.#begun?.handle.close();
    this.#begun = undefined;
  }

  /** The content of a segment that stands where it can (SYNC-042, SYNC-045). */
  #expect({ digest, offset, length }: Segment): MissingContent {
    const content = this.#missing.get(Buffer.from(digest).toString("hex"));
    if (!content) throw unexpectedContent();

    const begun = this.#begun;
    if (begun && begun.content !== content) {
      throw outOfOrder("A segment begins another content before the last was whole.", begun.position);
    }
    const expected = begun ? begun.position : content.heldBytes;
    if (offset !== BigInt(expected) && (begun || offset !== 0n)) {
      throw outOfOrder("A segment does not begin where its content ended.", expected);
    }
    if (offset + BigInt(length) > BigInt(content.sizeBytes)) {
      throw outOfOrder("A segment reaches beyond the end of its content.", expected);
    }
    return content;
  }

  async #writeWhole(content: MissingContent, bytes: Buffer): Promise<void> {
    const file = this.#fileOf(content);
    if (content.heldBytes > 0) await rm(file, { force: true });
    await writeFile(file, bytes, { flag: "wx", mode: finalMode(content.file) });
  }

  async #append(content: MissingContent, offset: number, piece: Buffer): Promise<void> {
    this.#begun ??= await this.#begin(content, offset);
    const begun = this.#begun;
    begun.sum.update(piece);
    await writeFully(begun.handle, piece, begun.position);
    begun.position += piece.length;
    if (begun.position === content.sizeBytes) await this.#finish(begun);
  }

  async #begin(content: MissingContent, offset: number): Promise<Begun> {
    const file = this.#fileOf(content);
    if (offset === 0) {
      await rm(file, { force: true });
      const handle = await open(file, "wx", 0o600);
      return { content, handle, sum: createHash("sha256"), position: 0 };
    }
    const sum = await hashPrefix(file, offset);
    return { content, handle: await open(file, "r+"), sum, position: offset };
  }

  async #finish({ content, sum }: Begun): Promise<void> {
    await this.close();
    if (sum.digest("hex") !== content.digest) await this.#refuse(content);
    await chmod(this.#fileOf(content), finalMode(content.file));
    this.#missing.delete(content.digest);
  }

  async #refuse(content: MissingContent): Promise<never> {
    await rm(this.#fileOf(content), { force: true });
    throw contentDigestMismatch(content.digest);
  }

  #fileOf({ file }: MissingContent): string {
    return path.join(this.#directory, file.relativePath);
  }
}

async function writeFully(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
