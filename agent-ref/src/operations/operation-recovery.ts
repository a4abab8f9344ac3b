import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { endLeftoverHost } from "./leftover-hosts.ts";
import { Operation, removedPrefix } from "./operation.ts";
import { type OperationRecord, readOperationRecord, writeOperationRecord } from "./operation-record.ts";
import { parseOperationId } from "./operation-request.ts";

/** An operation of a former life of the agent; it has ended. */
export interface RecoveredOperation {
  readonly operation: Operation;
  readonly requestDigest: string | undefined;
}

/** Where to look, as in InstanceOperationsOptions. */
export interface RecoveryOptions {
  readonly directory: string;
  readonly workDirectory: string;
  readonly logger: Logger;
}

/**
 * Reads the operations of a former life of the agent. What ran then is UNKNOWN_AFTER_RESTART (OP-040) and its processes are ended
 * (OP-041); a record that is damaged is UNKNOWN_AFTER_RESTART too. Afterwards the work directory is there and empty.
 */
export async function recoverOperations(options: RecoveryOptions): Promise<RecoveredOperation[]> {
  await mkdir(options.directory, { recursive: true });
  const recovered: RecoveredOperation[] = [];
  for (const name of await readdir(options.directory)) {
    const path = join(options.directory, name);
    if (name.startsWith(removedPrefix)) await rm(path, { recursive: true, force: true });
    else if (isOperationId(name)) recovered.push(...(await recoverOperation(options, path, name)));
    else options.logger.warn({ name }, "something among the operations is none of them; it was left alone");
  }
  await rm(options.workDirectory, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(options.workDirectory, { recursive: true });
  return recovered;
}

async function recoverOperation(options: RecoveryOptions, path: string, id: string): Promise<RecoveredOperation[]> {
  const { logger } = options;
  const found = await readOperationRecord(path, id);
  if (found.kind === "nothing") {
    await rm(path, { recursive: true, force: true });
    return [];
  }

  let record: OperationRecord;
  if (found.kind === "damaged") {
    logger.error({ operation: id }, `an operation is unknown from now on: ${found.why}`);
    await endLeftoverHost({ workDirectory: join(options.workDirectory, id) }, logger);
    record = unknown(
      { format: 1, operationId: id, state: "RUNNING", exitCode: 0, reason: "", startedAtMs: Date.now() },
      found.why,
    );
  } else {
    if (found.record.host !== undefined) await endLeftoverHost(found.record.host, logger);
    const ran = found.record.state === "RUNNING";
    record = ran ? unknown(found.record, "the agent was restarted while it ran") : { ...found.record, host: undefined };
  }
  if (found.kind === "damaged" || found.record.state === "RUNNING" || found.record.host !== undefined) {
    await writeOperationRecord(path, record).catch((error: unknown) =>
      logger.error({ err: error, operation: id }, "the record of an operation could not be written"),
    );
  }
  return [{ operation: new Operation(path, record, undefined, logger), requestDigest: record.requestDigest }];
}

function unknown(record: OperationRecord, why: string): OperationRecord {
  const reason = `Nobody knows how it ended: ${why}.`;
  return { ...record, state: "UNKNOWN_AFTER_RESTART", reason, exitCode: 0, endedAtMs: Date.now(), host: undefined };
}

function isOperationId(name: string): boolean {
  try {
    return parseOperationId(name) === name;
  } catch {
    return false;
  }
}
