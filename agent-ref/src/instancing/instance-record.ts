import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { isMissing } from "../errors/storage-errors.ts";
import { writeAtomically } from "../storage/write-atomically.ts";

const schema = z.strictObject({
  format: z.literal(1),
  /** For people who look at the disk: the product as its first server wrote it, and how the instance is named. */
  product: z.string(),
  isolation: z.enum(["PRODUCT", "INSTANCE_ID", "ADDRESS", "SERVER"]),
  created: z.iso.datetime(),
  /** The server that made the instance by InstanceId (INST-031). */
  owner: z.strictObject({ serverId: z.uuid(), lastSeen: z.iso.datetime() }).nullable(),
  /** How long it has been idle, as far as the agent ran meanwhile (INST-060). */
  idleMs: z.number().nonnegative().default(0),
});

/** What an instance remembers of itself across restarts. */
export type InstanceRecord = z.infer<typeof schema>;

/** The record in an instance's directory; undefined where there is none yet. Throws when it is there and cannot be believed. */
export async function readInstanceRecord(directory: string): Promise<InstanceRecord | undefined> {
  let text: string;
  try {
    text = await readFile(recordFile(directory), "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return schema.parse(JSON.parse(text));
}

/** Replaces the record whole or not at all. */
export async function writeInstanceRecord(directory: string, record: InstanceRecord): Promise<void> {
  await writeAtomically(recordFile(directory), `${JSON.stringify(record, null, 2)}\n`);
}

/** The record of an open instance. */
export class KeptRecord {
  readonly #directory: string;
  #current: InstanceRecord;
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string, record: InstanceRecord) {
    this.#directory = directory;
    this.#current = record;
  }

  get current(): InstanceRecord {
    return this.#current;
  }

  /** Changes some of it, one write after another, so that the last state is the one that stays. Answers once it is on the disk. */
  change(patch: Partial<InstanceRecord>): Promise<void> {
    this.#current = { ...this.#current, ...patch };
    const written = this.#writing.then(() => writeInstanceRecord(this.#directory, this.#current));
    this.#writing = written.catch(() => {});
    return written;
  }

  /** Answers once nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }
}

function recordFile(directory: string): string {
  return path.join(directory, "instance.json");
}
