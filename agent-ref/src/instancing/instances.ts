import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { Logger } from "pino";
import { isMissing } from "../errors/storage-errors.ts";
import { readInstanceRecord } from "./instance-record.ts";
import { instanceUnreadable } from "./instancing-errors.ts";
import { type InstanceOrigin, type OpenInstance, openInstance } from "./open-instance.ts";

/** All instances of one agent. */
export interface Instances {
  /** The instance of this name, opened or made at the first call; there is one object for each name. Throws STORAGE_FAILED. */
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
  const { directory, limits, logger } = options;
  // Made now, so that an agent whose root cannot hold an instance does not begin to serve.
  await mkdir(directory, { recursive: true });
  const opened = new Map<string, Promise<OpenInstance>>();

  const open = (name: string, origin: InstanceOrigin | undefined) => {
    const opening =
      opened.get(name) ??
      openInstance({ name, directory: path.join(directory, ...name.split("/")), origin, limits, logger }).catch(
        (error: unknown) => {
          opened.delete(name);
          throw error;
        },
      );
    opened.set(name, opening);
    return opening;
  };

  for (const name of await instanceNames(directory)) {
    await open(name, undefined).catch((error: unknown) =>
      logger.error(
        { err: error, instance: name },
        "an instance cannot be opened; its servers are refused until it is mended or removed",
      ),
    );
  }
  return {
    open: (name, origin) =>
      open(name, origin).catch((error: unknown) => {
        throw instanceUnreadable(error);
      }),
    async close() {
      const instances = await Promise.allSettled(opened.values());
      await Promise.all(instances.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
    },
  };
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
