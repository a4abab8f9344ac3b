import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isMissing } from "../errors/storage-errors.ts";
import { writeAtomically } from "../storage/write-atomically.ts";
import { hostTrace } from "./host-trace.ts";

const hexDigest = z.string().regex(/^[0-9a-f]{64}$/);

const operationRecord = z.object({
  format: z.literal(1),
  operationId: z.string(),
  /** Absent when a damaged record was replaced, like the digest of the manifest. */
  requestDigest: hexDigest.optional(),
  manifestDigest: hexDigest.optional(),
  state: z.enum([
    "RUNNING",
    "EXITED",
    "HOST_NOT_STARTED",
    "HOST_DIED",
    "CANCELLED",
    "TIMED_OUT",
    "ABANDONED",
    "UNKNOWN_AFTER_RESTART",
  ]),
  exitCode: z.int(),
  reason: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  /** In the record as long as one of the host's processes can be alive (OP-041). */
  host: hostTrace.optional(),
});

/** Everything known of an operation but its output. */
export type OperationRecord = z.infer<typeof operationRecord>;

/** What a directory says of its operation. */
export type FoundRecord =
  | { readonly kind: "record"; readonly record: OperationRecord }
  /** The operation was never begun: a record is written before anything else. */
  | { readonly kind: "nothing" }
  | { readonly kind: "damaged"; readonly why: string };

const fileName = "state.json";

/** Writes the record so that a reader finds the old one or the new one, whole, even after a loss of power. */
export async function writeOperationRecord(directory: string, record: OperationRecord): Promise<void> {
  await writeAtomically(join(directory, fileName), textOf(record), 0o600);
}

/** The same, but a loss of power can bring the old one back: enough for what is about processes, which such a loss ends too. */
export async function writeOperationTrace(directory: string, record: OperationRecord): Promise<void> {
  const temporary = join(directory, `${fileName}.new`);
  await writeFile(temporary, textOf(record), { mode: 0o600 });
  await rename(temporary, join(directory, fileName));
}

/** Reads the record of the operation `operationId`. What the disk holds is never trusted: a record that cannot be used is `damaged`. */
export async function readOperationRecord(directory: string, operationId: string): Promise<FoundRecord> {
  let text: string;
  try {
    text = await readFile(join(directory, fileName), "utf8");
  } catch (error) {
    if (!isMissing(error)) return { kind: "damaged", why: "its record cannot be read" };
    const left = (await readdir(directory)).filter((name) => !name.startsWith(fileName));
    return left.length === 0 ? { kind: "nothing" } : { kind: "damaged", why: "its record is missing" };
  }
  try {
    const record = operationRecord.parse(JSON.parse(text));
    if (record.operationId !== operationId) return { kind: "damaged", why: "its record is that of another operation" };
    return { kind: "record", record };
  } catch {
    return { kind: "damaged", why: "its record is damaged" };
  }
}

function textOf(record: OperationRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}
