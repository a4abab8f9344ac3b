import type { Logger } from "pino";
import type { Operation } from "./operation.ts";
import type { RecoveredOperation } from "./operation-recovery.ts";
import type { OperationRun } from "./operation-run.ts";
import { defaultRetention, selectExpired } from "./retention.ts";

/** An operation from the moment its id is taken. */
export interface OperationEntry {
  /** What was asked for; undefined when that was lost with a damaged record. */
  readonly requestDigest: string | undefined;
  /** Fails, for the first start and for every repeat of it, when the record could not be written. */
  readonly operation: Promise<Operation>;
  /** The same once its record is written. */
  written: Operation | undefined;
  /** Its host, until nothing is left of that. */
  run: OperationRun | undefined;
}

/** The operations of one instance by their ids. */
export class OperationTable {
  readonly #entries = new Map<string, OperationEntry>();
  readonly #logger: Logger;
  #collecting: Promise<void> = Promise.resolve();

  constructor(recovered: readonly RecoveredOperation[], logger: Logger) {
    this.#logger = logger;
    for (const { operation, requestDigest } of recovered) {
      const entry = { requestDigest, operation: Promise.resolve(operation), written: operation, run: undefined };
      this.#entries.set(operation.id, entry);
    }
  }

  /** How many have not ended. */
  get runningCount(): number {
    return this.#count((entry) => !entry.written?.hasEnded);
  }

  /** How many have not ended, or have a process that has not. */
  get occupiedCount(): number {
    return this.#count((entry) => !entry.written?.hasEnded || entry.run !== undefined);
  }

  get(id: string): OperationEntry | undefined {
    return this.#entries.get(id);
  }

  set(id: string, entry: OperationEntry): void {
    this.#entries.set(id, entry);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** The hosts there are, once no record is being written any more. */
  async runs(): Promise<OperationRun[]> {
    const entries = [...this.#entries.values()];
    await Promise.allSettled(entries.map((entry) => entry.operation));
    return entries.flatMap(({ run }) => run ?? []);
  }

  /** Removes what is kept no longer, one collection after the other. It never fails. */
  collect(): Promise<void> {
    this.#collecting = this.#collecting.then(() => this.#collectOnce());
    return this.#collecting;
  }

  async #collectOnce(): Promise<void> {
    const ended = [...this.#entries.values()].flatMap(({ written, run }) =>
      written?.endedAtMs === undefined || run !== undefined
        ? []
        : [{ operationId: written.id, endedAtMs: written.endedAtMs, operation: written }],
    );
    const expired = new Set(selectExpired(ended, Date.now(), defaultRetention));
    for (const { operationId, operation } of ended) {
      if (!expired.has(operationId)) continue;
      this.#entries.delete(operationId);
      try {
        await operation.remove();
      } catch (error) {
        this.#logger.warn({ err: error, operation: operationId }, "an old operation stays until the next start");
      }
    }
  }

  #count(matches: (entry: OperationEntry) => boolean): number {
    return [...this.#entries.values()].filter(matches).length;
  }
}
