import { statfs } from "node:fs/promises";
import { distinctContents } from "@berth/proto/rules/manifest";
import { storageFailed } from "../errors/storage-errors.ts";
import { placeKnown, placeRepeats, seal } from "./assembly.ts";
import { type ContentWriter, createContentWriter } from "./content-writer.ts";
import type { Generation } from "./generation.ts";
import type { Generations } from "./generations.ts";
import type { AcceptedManifest } from "./offered-manifest.ts";
import { type MissingContent, openStaging } from "./staging.ts";

/** A manifest on its way to become a generation. */
export interface IncomingSync extends AsyncDisposable {
  /** What the server has to send. */
  readonly missing: readonly MissingContent[];
  /** Takes it. */
  readonly writer: ContentWriter;
  /** Makes everything whole and durable, without showing it to anybody yet. All content must have arrived. */
  prepare(): Promise<void>;
  /** Makes it a generation. */
  commit(): Promise<Generation>;
}

/**
 * Takes stock of what the instance has of a manifest. One at a time for each manifest: another waits until the one before is disposed of,
 * and then finds what that one brought.
 */
export async function beginIncomingSync(generations: Generations, accepted: AcceptedManifest): Promise<IncomingSync> {
  const resources = new AsyncDisposableStack();
  try {
    resources.use(await generations.reserve(accepted.digest));
    const present = await generations.confirm(accepted.digest);
    return present ? presentSync(present, resources) : await stagedSync(generations, accepted, resources);
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

/** Nothing is missing where the generation is already there (SYNC-038). */
function presentSync(present: Generation, resources: AsyncDisposableStack): IncomingSync {
  resources.defer(present.hold());
  return {
    missing: [],
    writer: createContentWriter({ directory: present.directory, missing: [] }),
    prepare: async () => {},
    commit: async () => present,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function stagedSync(
  generations: Generations,
  { digest, manifest, bytes }: AcceptedManifest,
  resources: AsyncDisposableStack,
): Promise<IncomingSync> {
  const sources = resources.use(await generations.findContents(distinctContents(manifest)));
  const staging = await openStaging(generations.stagingDirectory(digest), manifest, sources);
  await requireSpace(staging.directory, staging.missing);

  // What is known is placed while the rest arrives. A failure is told where it matters: before the commit.
  const placing = placeKnown(staging, sources);
  placing.catch(() => {});
  resources.defer(() => placing.then(ignore, ignore));
  const writer = createContentWriter(staging);
  resources.defer(() => writer.close());
  return {
    missing: staging.missing,
    writer,
    async prepare() {
      await placeRepeats(staging, await placing);
      await seal(staging, bytes);
    },
    commit: () => generations.commit(digest, manifest),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Refuses before data flows what the disk cannot take. */
async function requireSpace(directory: string, missing: readonly MissingContent[]): Promise<void> {
  const neededBytes = missing.reduce((sum, content) => sum + content.sizeBytes - content.heldBytes, 0);
  const { bavail, bsize } = await statfs(directory);
  if (neededBytes > bavail * bsize) {
    const cause = new Error(`${neededBytes} bytes are missing and ${bavail * bsize} are free`);
    throw storageFailed("take the missing content: its disk is too full", cause);
  }
}

function ignore(): void {}
