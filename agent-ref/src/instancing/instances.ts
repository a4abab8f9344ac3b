import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { Logger } from "pino";
import { isMissing } from "../errors/storage-errors.ts";
import { exceeds } from "../limits.ts";
import { openTrash, type Trash } from "../storage/trash.ts";
import { readInstanceRecord } from "./instance-record.ts";
import { instanceUnreadable } from "./instancing-errors.ts";
import { type InstanceOrigin, type OpenInstance, openInstance } from "./open-instance.ts";

/** All instances of one agent. */
export interface Instances {
  /**
   * The instance of this name, opened or made at the first call; there is one object for each name. Who uses it enters it at once, because
   * one that is idle for long is removed (INST-062). Throws STORAGE_FAILED.
   */
  open(name: string, origin: InstanceOrigin): Promise<OpenInstance>;
  /** Ends everything that runs in any instance. */
  close(): Promise<void>;
}

/** What instances need from their agent. */
export interface InstancesOptions {
  /** Where the instances stand, each below the directory of its product. */
  readonly directory: string;
  readonly limits: Limits;
  readonly logger: Logger;
}

/**
 * Opens every instance there is, because what is left of the hosts of a former life has to end before anything is served (OP-041). One
 * that cannot be opened is logged and left alone: it is tried again when a server asks for it, and disturbs no other. Throws when the
 * directory of all instances cannot be made or read.
 */
export async function openInstances(options: InstancesOptions): Promise<Instances> {
  const { directory, logger } = options;
  // Made now, so that an agent whose root cannot hold an instance does not begin to serve.
  await mkdir(directory, { recursive: true });
  const instances = new DirectoryOfInstances(options, await openTrash(path.join(directory, "trash"), logger));
  for (const name of await instanceNames(directory)) {
    await instances
      .openKnown(name)
      .catch((error: unknown) =>
        logger.error(
          { err: error, instance: name },
          "an instance cannot be opened; its servers are refused until it is mended or removed",
        ),
      );
  }
  return instances;
}

/** How often idle instances are looked for, at the least. */
const LONGEST_SWEEP_INTERVAL_MS = 60 * 60 * 1000;

class DirectoryOfInstances implements Instances {
  readonly #options: InstancesOptions;
  readonly #trash: Trash;
  readonly #openings = new Map<string, Promise<OpenInstance>>();
  readonly #opened = new Map<string, OpenInstance>();
  readonly #removals = new Map<string, Promise<void>>();
  readonly #sweep: NodeJS.Timeout | undefined;

  constructor(options: InstancesOptions, trash: Trash) {
    this.#options = options;
    this.#trash = trash;
    const idleMs = Number(options.limits.instanceIdleMs);
    const intervalMs = Math.min(idleMs, LONGEST_SWEEP_INTERVAL_MS);
    if (idleMs > 0) this.#sweep = setInterval(() => this.#removeIdle(), intervalMs).unref();
  }

  open(name: string, origin: InstanceOrigin): Promise<OpenInstance> {
    return this.#open(name, origin).catch((error: unknown) => {
      throw instanceUnreadable(error);
    });
  }

  /** Opens an instance that must be there. */
  openKnown(name: string): Promise<OpenInstance> {
    return this.#open(name, undefined);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    const instances = await Promise.allSettled(this.#openings.values());
    await Promise.all(instances.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
    await Promise.all(this.#removals.values());
    await this.#trash.settled();
  }

  #open(name: string, origin: InstanceOrigin | undefined): Promise<OpenInstance> {
    const opening = this.#openings.get(name) ?? this.#openAfresh(name, origin);
    this.#openings.set(name, opening);
    return opening;
  }

  async #openAfresh(name: string, origin: InstanceOrigin | undefined): Promise<OpenInstance> {
    const { limits, logger } = this.#options;
    try {
      await this.#removals.get(name); // a server that comes back meanwhile is one that comes for the first time (INST-061)
      const instance = await openInstance({ name, directory: this.#directoryOf(name), origin, limits, logger });
      this.#opened.set(name, instance);
      return instance;
    } catch (error) {
      this.#openings.delete(name);
      throw error;
    }
  }

  /** INST-062. Without a pause, so that nobody is handed an instance that is on its way out. */
  #removeIdle(): void {
    for (const [name, instance] of this.#opened) {
      if (!exceeds(instance.measureIdle(), this.#options.limits.instanceIdleMs)) continue;
      this.#opened.delete(name);
      this.#openings.delete(name);
      this.#removals.set(name, this.#remove(name, instance));
    }
  }

  async #remove(name: string, instance: OpenInstance): Promise<void> {
    const { logger } = this.#options;
    try {
      await instance.close();
      await this.#trash.discard(this.#directoryOf(name));
      logger.info({ instance: name }, "an instance that nobody used was removed");
    } catch (error) {
      logger.error({ err: error, instance: name }, "an idle instance could not be removed");
    } finally {
      this.#removals.delete(name);
    }
  }

  #directoryOf(name: string): string {
    return path.join(this.#options.directory, ...name.split("/"));
  }
}

const PRODUCT_DIRECTORY = /^p-[a-z0-9_-]+$/;
const INSTANCE_DIRECTORY = /^(?:shared|[ias]-[a-z0-9_-]+)$/;

/** The names of the instances on the disk. A directory without a record was never finished, and holds nothing. */
async function instanceNames(directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const product of await directories(directory, PRODUCT_DIRECTORY)) {
    for (const instance of await directories(path.join(directory, product), INSTANCE_DIRECTORY)) {
      if (await mayHaveRecord(path.join(directory, product, instance))) names.push(`${product}/${instance}`);
    }
  }
  return names;
}

async function mayHaveRecord(directory: string): Promise<boolean> {
  return readInstanceRecord(directory).then(
    (record) => record !== undefined,
    () => true,
  );
}

async function directories(parent: string, pattern: RegExp): Promise<string[]> {
  try {
    const entries = await readdir(parent, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && pattern.test(entry.name)).map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
