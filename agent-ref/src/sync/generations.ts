import { mkdir, rename, stat } from "node:fs/promises";
import path from "node:path";
import type { Content, Manifest } from "@berth/proto/rules/manifest";
import type { Logger } from "pino";
import { isMissing } from "../errors/storage-errors.ts";
import { flushDirectory } from "../storage/flush.ts";
import { openTrash, type Trash } from "../storage/trash.ts";
import { type ContentSources, createContentSources, type FoundContents } from "./content-sources.ts";
import type { Generation, GenerationHost } from "./generation.ts";
import { hostOf, readGenerationManifest } from "./generation-files.ts";
import { writePointer } from "./generation-pointer.ts";
import { discardDeadStaging, listGenerations } from "./generation-shelf.ts";
import { EXTENSIONS_DIRECTORY, placeFiles } from "./placement.ts";
import { createTurns } from "./turns.ts";
import { verifyTree } from "./verification.ts";

/** How many of the generations confirmed last are kept, so that going back to one sends nothing. */
const KEPT_GENERATIONS = 3;

/** The generations of one instance, and the staging of those that are on their way. */
export interface Generations {
  /**
   * The generation of the digest when it is there, whole and verified (HS-024, HS-025); it then counts as the current one. A damaged one
   * becomes staging, so that the next offer asks only for what is damaged.
   */
  confirm(manifestDigest: Uint8Array): Promise<Generation | undefined>;
  /** Waits until no other sync brings this manifest in. The reservation ends when it is disposed of. */
  reserve(manifestDigest: Uint8Array): Promise<Disposable>;
  /** The directory a sync of this manifest puts its files in. */
  stagingDirectory(manifestDigest: Uint8Array): string;
  /** Where the instance holds content that was compared with its digest. Generations are held against collection until it is disposed of. */
  findContents(wanted: readonly Content[]): Promise<ContentSources>;
  /** Makes a whole and durable staging directory the current generation, by one rename (SYNC-050, SYNC-053). */
  commit(manifestDigest: Uint8Array, manifest: Manifest): Promise<Generation>;
  /** Answers when nothing is being written or deleted any more. */
  close(): Promise<void>;
}

/** Finds content that the instance holds beside its generations, each file compared with its SHA-256 (LEG-050). */
export type FindOtherContents = (wanted: readonly Content[]) => Promise<FoundContents>;

/** Opens the generations below an instance's directory. Throws when the disk fails. */
export async function openGenerations(
  directory: string,
  findOtherContents: FindOtherContents,
  logger: Logger,
): Promise<Generations> {
  const generations = path.join(directory, "generations");
  const staging = path.join(directory, "staging");
  const pointer = path.join(directory, "current");
  await mkdir(generations, { recursive: true });
  await mkdir(staging, { recursive: true });
  const trash = await openTrash(path.join(directory, "trash"), logger);
  await discardDeadStaging(staging, trash);
  const { digests, pointerRepaired } = await listGenerations(generations, pointer, trash, logger);
  const store = new GenerationStore({ generations, staging, pointer }, digests, findOtherContents, trash, logger);
  if (pointerRepaired) await store.savePointer();
  return store;
}

interface Places {
  readonly generations: string;
  readonly staging: string;
  readonly pointer: string;
}

/** What is known of one generation while the agent runs. */
interface Shelved {
  holds: number;
  verifying: Promise<Verified | undefined> | undefined;
}

/** What is remembered of a verified generation. Not its manifest, which can be large: that is read again where it is needed. */
interface Verified {
  readonly host: GenerationHost | undefined;
}

class GenerationStore implements Generations {
  readonly #places: Places;
  readonly #findOtherContents: FindOtherContents;
  readonly #trash: Trash;
  readonly #logger: Logger;
  readonly #turns = createTurns();
  readonly #shelf = new Map<string, Shelved>();
  /** Every generation on the shelf, the current one first, then by when it was confirmed last. */
  #recent: string[];
  #pointerWrite: Promise<void> = Promise.resolve();

  constructor(
    places: Places,
    digests: readonly string[],
    findOtherContents: FindOtherContents,
    trash: Trash,
    logger: Logger,
  ) {
    this.#places = places;
    this.#findOtherContents = findOtherContents;
    this.#trash = trash;
    this.#logger = logger;
    this.#recent = [...digests];
    for (const digest of digests) this.#shelf.set(digest, { holds: 0, verifying: undefined });
  }

  async confirm(manifestDigest: Uint8Array): Promise<Generation | undefined> {
    const digest = hexOf(manifestDigest);
    if (!this.#shelf.has(digest)) return undefined;
    // Held until it is the current one: after a kill it can be the oldest of more than are kept, and its own comparison would collect it.
    const release = this.#hold(digest);
    try {
      const verified = await this.#verified(digest);
      if (!verified) return undefined;
      await this.#makeCurrent(digest);
      return this.#generation(digest, verified);
    } finally {
      release();
    }
  }

  reserve(manifestDigest: Uint8Array): Promise<Disposable> {
    return this.#turns.take(hexOf(manifestDigest));
  }

  stagingDirectory(manifestDigest: Uint8Array): string {
    return path.join(this.#places.staging, hexOf(manifestDigest));
  }

  async findContents(wanted: readonly Content[]): Promise<ContentSources> {
    const digests = new Set(wanted.map((content) => content.digest));
    const sources = createContentSources();
    for (const digest of [...this.#recent]) {
      if (sources.count === digests.size) break;
      const manifest = await this.#verifiedManifest(digest);
      // It can have been collected in the meantime; from here to the hold nothing else runs.
      if (!manifest || !this.#shelf.has(digest)) continue;
      const found = { directory: this.#directory(digest), files: placeFiles(manifest), immutable: true };
      if (sources.add(found, digests)) sources.onDispose(this.#hold(digest));
    }
    const lacking = wanted.filter(({ digest, sizeBytes }) => sizeBytes > 0 && !sources.has(digest));
    if (lacking.length > 0) sources.add(await this.#findOtherContents(lacking), digests);
    return sources;
  }

  async commit(manifestDigest: Uint8Array, manifest: Manifest): Promise<Generation> {
    const digest = hexOf(manifestDigest);
    const directory = this.#directory(digest);
    // What is not on the shelf is no generation, and would be in the way of the rename.
    if (await exists(directory)) await this.#trash.discard(directory);
    await rename(this.stagingDirectory(manifestDigest), directory);
    await flushDirectory(this.#places.generations);
    await flushDirectory(this.#places.staging);
    const verified = { host: hostOf(directory, manifest) };
    this.#shelf.set(digest, { holds: 0, verifying: Promise.resolve(verified) });
    await this.#makeCurrent(digest);
    return this.#generation(digest, verified);
  }

  async close(): Promise<void> {
    await this.#pointerWrite;
    await this.#trash.settled();
  }

  /** The pointer is a convenience that the next start can rebuild: when it cannot be written, the generation is no less there. */
  savePointer(): Promise<void> {
    const recent = this.#recent;
    this.#pointerWrite = this.#pointerWrite.then(() =>
      writePointer(this.#places.pointer, recent).catch((error: unknown) =>
        this.#logger.warn({ err: error }, "the pointer to the current generation could not be written"),
      ),
    );
    return this.#pointerWrite;
  }

  async #verifiedManifest(digest: string): Promise<Manifest | undefined> {
    return (await this.#verified(digest)) && readGenerationManifest(this.#directory(digest), digest);
  }

  /** A generation that is whole; compared with the disk once in the life of the agent (HS-025). */
  async #verified(digest: string): Promise<Verified | undefined> {
    const shelved = this.#shelf.get(digest);
    if (!shelved) return undefined;
    shelved.verifying ??= this.#verify(digest).catch((error: unknown) => {
      // A disk that failed once can be asked again.
      shelved.verifying = undefined;
      throw error;
    });
    return shelved.verifying;
  }

  async #verify(digest: string): Promise<Verified | undefined> {
    const release = this.#hold(digest);
    try {
      const directory = this.#directory(digest);
      const manifest = await readGenerationManifest(directory, digest);
      if (manifest && (await verifyTree(directory, placeFiles(manifest))).whole) {
        return { host: hostOf(directory, manifest) };
      }
      this.#logger.warn(
        { generation: digest },
        "a generation is damaged; what is intact of it is kept for the next sync",
      );
      await this.#demote(digest);
      return undefined;
    } finally {
      release();
    }
  }

  async #demote(digest: string): Promise<void> {
    const staging = path.join(this.#places.staging, digest);
    if (await exists(staging)) await this.#trash.discard(staging);
    await rename(this.#directory(digest), staging);
    this.#shelf.delete(digest);
    this.#recent = this.#recent.filter((one) => one !== digest);
    await this.savePointer();
  }

  async #makeCurrent(digest: string): Promise<void> {
    if (this.#recent[0] === digest) return;
    this.#recent = [digest, ...this.#recent.filter((one) => one !== digest)];
    this.#collect();
    await this.savePointer();
  }

  #collect(): void {
    for (const digest of this.#recent.slice(KEPT_GENERATIONS)) {
      if (this.#shelf.get(digest)!.holds > 0) continue;
      this.#shelf.delete(digest);
      this.#recent = this.#recent.filter((one) => one !== digest);
      this.#trash
        .discard(this.#directory(digest))
        .catch((error: unknown) => this.#logger.warn({ err: error }, "an old generation could not be removed"));
    }
  }

  #hold(digest: string): () => void {
    const shelved = this.#shelf.get(digest)!;
    shelved.holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      shelved.holds--;
      if (shelved.holds === 0) this.#collect();
    };
  }

  #generation(digest: string, { host }: Verified): Generation {
    const directory = this.#directory(digest);
    return {
      manifestDigest: Buffer.from(digest, "hex"),
      directory,
      extensionsDirectory: path.join(directory, EXTENSIONS_DIRECTORY),
      host,
      hold: () => this.#hold(digest),
    };
  }

  #directory(digest: string): string {
    return path.join(this.#places.generations, digest);
  }
}

async function exists(target: string): Promise<boolean> {
  try {
    await stat(target);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function hexOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}
