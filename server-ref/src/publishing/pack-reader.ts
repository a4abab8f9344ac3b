import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "../errors/home-failures.ts";
import { packDamaged } from "../errors/package-failures.ts";
import type { StoredPackage } from "../home/packages.ts";
import type { ServerHome } from "../home/server-home.ts";
import { decodeSegments, type StoredFrame } from "./frame.ts";
import { decodeFrame } from "./frame-codec.ts";

/** Reads the frames of one published package. Throws `homeDamaged` with "publish it again" for what is not as it was published. */
export interface PackReader extends AsyncDisposable {
  /** The index of the pack, in the order of the frames. */
  readonly frames: readonly StoredFrame[];
  /** The stored bytes of a frame, verified. */
  readStored(frame: StoredFrame): Promise<Uint8Array>;
  /** The decoded bytes of a frame, verified. */
  readRaw(frame: StoredFrame): Promise<Uint8Array>;
}

export async function openPack(home: ServerHome, source: StoredPackage): Promise<PackReader> {
  const damaged = (what: string) => packDamaged(source.kind, source.name, source.version, what);
  const frames = readFrames(home, source.id, damaged);
  const file = await openFile(join(home.packsDirectory, source.pack), damaged);

  async function readStored(frame: StoredFrame): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(frame.length);
    const { bytesRead } = await file.read(bytes, 0, frame.length, frame.position);
    if (bytesRead !== frame.length) throw damaged("its pack is cut short");
    if (!createHash("sha256").update(bytes).digest().equals(frame.storedDigest))
      throw damaged("bytes in its pack have changed");
    return bytes;
  }

  return {
    frames,
    readStored,
    async readRaw(frame) {
      const bytes = await readStored(frame);
      try {
        return await decodeFrame({ codec: frame.codec, bytes }, frame.rawSize);
      } catch (cause) {
        throw damaged(reasonOf(cause));
      }
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function openFile(path: string, damaged: (what: string) => Error): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (cause) {
    throw damaged(`its pack cannot be opened (${reasonOf(cause)})`);
  }
}

function readFrames(home: ServerHome, packageId: number, damaged: (what: string) => Error): StoredFrame[] {
  return home.database
    .prepare("SELECT * FROM frames WHERE package_id = ? ORDER BY number")
    .all(packageId)
    .map((row) => {
      const rawSize = Number(row.raw_size);
      const segments = decodeSegments(row.segments as Uint8Array, rawSize);
      if (!segments) throw damaged("its index does not add up");
      return {
        position: Number(row.position),
        length: Number(row.length),
        codec: row.codec === "zstd" ? "zstd" : "identity",
        rawSize,
        storedDigest: row.stored_digest as Uint8Array,
        segments,
      };
    });
}
