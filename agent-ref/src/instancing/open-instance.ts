import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { InstanceIsolation } from "@berth/proto/rules/instance-name";
import type { Content } from "@berth/proto/rules/manifest";
import type { Logger } from "pino";
import { openInstanceTree } from "../legacy/instance-tree.ts";
import { findTreeContents } from "../legacy/tree-contents.ts";
import { TreeOperations } from "../legacy/tree-operations.ts";
import { InstanceOperations } from "../operations/instance-operations.ts";
import { openGenerations } from "../sync/generations.ts";
import { createIdleness } from "./idleness.ts";
import type { Instance } from "./instance.ts";
import { type InstanceRecord, KeptRecord, readInstanceRecord, writeInstanceRecord } from "./instance-record.ts";
import { createOwnership, type Owner, type Ownership } from "./ownership.ts";

/** What the first server of an instance said, kept in its record. */
export interface InstanceOrigin {
  readonly product: string;
  readonly isolation: InstanceIsolation;
}

/** An instance with what only the handshake needs of it. */
export interface OpenInstance extends Instance {
  /** Who owns it; only an instance named by InstanceId is ever claimed (INST-034). */
  readonly ownership: Ownership;
  /** Says that somebody uses the instance, until the function it answers with is called: it is not idle then. */
  enter(): () => void;
  /** How long it has been idle, in milliseconds; remembered on the disk, so that a restart does not begin anew (INST-060). */
  measureIdle(): number;
  /** Ends everything that runs in it. */
  close(): Promise<void>;
}

/** Which instance to open. */
export interface OpenInstanceOptions {
  readonly name: string;
  readonly directory: string;
  /** Needed to make a new instance; undefined opens one that must be there. */
  readonly origin: InstanceOrigin | undefined;
  readonly limits: Limits;
  readonly logger: Logger;
}

/** Opens or makes one instance. Throws when the disk fails or its record cannot be believed; nothing of it runs then. */
export async function openInstance(options: OpenInstanceOptions): Promise<OpenInstance> {
  const { name, directory, limits } = options;
  const logger = options.logger.child({ instance: name });
  await mkdir(directory, { recursive: true });
  // First, because they end the hosts of a former life, whatever its version was and whatever else is wrong with the instance.
  const treeOperations = await TreeOperations.open({ directory: path.join(directory, "running"), limits, logger });
  const operations = await InstanceOperations.open({
    directory: path.join(directory, "operations"),
    workDirectory: path.join(directory, "work"),
    limits,
    logger,
  });
  try {
    const record = new KeptRecord(directory, await readOrMakeRecord(directory, options.origin));
    const tree = await openInstanceTree(directory);
    const findInTree = (wanted: readonly Content[]) => findTreeContents(tree.directory, wanted);
    const generations = await openGenerations(directory, findInTree, logger);
    const ownership = createOwnership({
      owner: ownerOf(record.current),
      windowMs: limits.ownershipWindowMs,
      save: (owner) => record.change({ owner: ownerEntry(owner) }),
      logger,
    });
    const idleness = createIdleness(record.current.idleMs);
    const remember = (idleMs: number) => {
      if (idleMs === record.current.idleMs) return;
      record
        .change({ idleMs })
        .catch((error: unknown) => logger.warn({ err: error }, "how long the instance is idle could not be written"));
    };
    return {
      name,
      directory,
      generations,
      operations,
      tree,
      treeOperations,
      ownership,
      enter() {
        const leave = idleness.enter();
        remember(0);
        return leave;
      },
      measureIdle() {
        const isUsed = operations.runningCount + treeOperations.runningCount > 0;
        const idleMs = Math.floor(idleness.measureMs(isUsed));
        remember(idleMs);
        return idleMs;
      },
      async close() {
        await Promise.all([operations.close(), treeOperations.close()]);
        await generations.close();
        await ownership.close();
        await record.settled();
      },
    };
  } catch (error) {
    await operations.close();
    throw error;
  }
}

async function readOrMakeRecord(directory: string, origin: InstanceOrigin | undefined): Promise<InstanceRecord> {
  const record = await readInstanceRecord(directory);
  if (record) return record;
  if (!origin) throw new Error("the instance has no record");
  const made: InstanceRecord = { format: 1, ...origin, created: new Date().toISOString(), owner: null, idleMs: 0 };
  await writeInstanceRecord(directory, made);
  return made;
}

function ownerOf({ owner }: InstanceRecord): Owner | undefined {
  return owner ? { serverId: owner.serverId, lastSeenMs: Date.parse(owner.lastSeen) } : undefined;
}

function ownerEntry(owner: Owner | undefined): InstanceRecord["owner"] {
  return owner ? { serverId: owner.serverId, lastSeen: new Date(owner.lastSeenMs).toISOString() } : null;
}
