import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Logger } from "pino";
import { flushDirectory } from "../storage/flush.ts";
import { Operation } from "./operation.ts";
import { recordNotWritten } from "./operation-errors.ts";
import { type OperationRecord, writeOperationRecord } from "./operation-record.ts";
import { OutputLog } from "./output-log.ts";

/** What is known of an operation before its host is started. */
export interface OperationCreation {
  readonly operationId: string;
  /** Its own directory, which does not exist yet. */
  readonly directory: string;
  readonly workDirectory: string;
  readonly requestDigest: string;
  readonly manifestDigest: string;
  /** Zero means no limit. */
  readonly maxOutputBytes: number;
  readonly logger: Logger;
}

/**
 * Makes an operation known for good, before its host is started: should the agent die in between, a repeated start finds it and starts
 * nothing twice (OP-010). Throws STORAGE_FAILED, and leaves nothing behind then.
 */
export async function createOperation(creation: OperationCreation): Promise<Operation> {
  const { operationId, directory, workDirectory, requestDigest, manifestDigest } = creation;
  const record: OperationRecord = {
    format: 1,
    operationId,
    requestDigest,
    manifestDigest,
    state: "RUNNING",
    exitCode: 0,
    reason: "",
    startedAtMs: Date.now(),
    host: { workDirectory },
  };
  try {
    await mkdir(directory, { mode: 0o700 });
    await Promise.all([writeOperationRecord(directory, record), flushDirectory(dirname(directory))]);
    const output = await OutputLog.create(directory, creation.maxOutputBytes);
    return new Operation(directory, record, output, creation.logger);
  } catch (error) {
    await rm(directory, { recursive: true, force: true }).catch(() => undefined); // the next open removes it
    throw recordNotWritten(error);
  }
}
