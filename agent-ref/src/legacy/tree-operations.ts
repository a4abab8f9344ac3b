import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { Logger } from "pino";
import { isMissing } from "../errors/storage-errors.ts";
import { exceeds } from "../limits.ts";
import { HostRun } from "../operations/host-run.ts";
import { endLeftoverHost } from "../operations/leftover-hosts.ts";
import { shorterMs } from "../operations/long-timer.ts";
import type { OperationEnd } from "../operations/operation-end.ts";
import { agentStopping, tooManyOperations } from "../operations/operation-errors.ts";
import { checkNameAndArguments } from "../operations/operation-request.ts";
import type { TakeOutput } from "../operations/output-flow.ts";
import { readHostTrace, writeHostTrace } from "./host-trace-file.ts";
import type { InstanceTree } from "./instance-tree.ts";
import { noHostInTree } from "./legacy-errors.ts";

/** Where the operations of one tree live, and what they can use. */
export interface TreeOperationsOptions {
  /** Holds one directory for each operation as long as it runs, with its work directory and a trace of its host. */
  readonly directory: string;
  readonly limits: Pick<Limits, "maxOperations" | "maxOperationMs" | "maxArgumentBytes">;
  readonly logger: Logger;
}

/** What to run, and for whom. */
export interface TreeOperation {
  readonly host: string;
  readonly entry: string;
  readonly name: string;
  readonly arguments: readonly string[];
  /** How long it can run; zero means `max_operation_ms` (OP-034). */
  readonly timeoutMs: bigint;
  /** Takes the output; the host is not read from before it has answered. */
  readonly onOutput: TakeOutput;
  /** Ends the host by force when it aborts (LEG-043). */
  readonly signal: AbortSignal;
}

/** The operations of one instance in the dialects 1 and 44. Nothing of them outlives their call, so nothing is recorded but their hosts. */
export class TreeOperations {
  readonly #options: TreeOperationsOptions;
  readonly #runs = new Set<HostRun>();
  /** What is about to become a run. */
  readonly #beginnings = new Set<Promise<HostRun>>();
  #closing = false;

  private constructor(options: TreeOperationsOptions) {
    this.#options = options;
  }

  /**
   * Opens the operations of one tree. Ends what is left of the hosts of a former life (OP-041), so nothing may be served before it has
   * answered. Throws when the disk fails.
   */
  static async open(options: TreeOperationsOptions): Promise<TreeOperations> {
    const { directory, logger } = options;
    for (const id of await namesIn(directory)) {
      const left = path.join(directory, id);
      await endLeftoverHost((await readHostTrace(left)) ?? { workDirectory: workDirectoryIn(left) }, logger);
      await rm(left, { recursive: true, force: true, maxRetries: 3 });
    }
    return new TreeOperations(options);
  }

  /**
   * Runs one operation from the files that the tree holds now (LEG-040), and answers when it has ended and all its output was taken.
   * Throws NO_HOST, INVALID_ARGUMENTS, LIMIT_EXCEEDED or TOO_MANY_OPERATIONS when nothing was started.
   */
  async run(tree: InstanceTree, operation: TreeOperation): Promise<OperationEnd> {
    const { limits } = this.#options;
    const entryPath = await tree.findEntry(operation.host, operation.entry);
    if (entryPath === undefined) throw noHostInTree();
    checkNameAndArguments(operation.name, operation.arguments, limits.maxArgumentBytes);
    if (exceeds(this.runningCount + 1, limits.maxOperations)) throw tooManyOperations(limits.maxOperations);

    const beginning = this.#begin(tree, operation, entryPath);
    this.#beginnings.add(beginning);
    const run = await beginning.finally(() => this.#beginnings.delete(beginning));
    const endForCaller = () => run.endFor({ state: "CANCELLED", reason: "Its caller has gone." }, 0);
    operation.signal.addEventListener("abort", endForCaller);
    if (operation.signal.aborted) endForCaller();
    const { end } = await run.ended;
    operation.signal.removeEventListener("abort", endForCaller);
    return end;
  }

  /** Ends every host, and starts nothing from now on. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#beginnings);
    await Promise.all([...this.#runs].map((run) => run.stop()));
  }

  /** One whose host has ended runs no more, however long its caller takes to read its output. */
  get runningCount(): number {
    return this.#beginnings.size + [...this.#runs].filter((run) => !run.hasExited).length;
  }

  async #begin(tree: InstanceTree, operation: TreeOperation, entryPath: string): Promise<HostRun> {
    const { limits, logger } = this.#options;
    const operationId = randomUUID();
    const directory = path.join(this.#options.directory, operationId);
    const workDirectory = workDirectoryIn(directory);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeHostTrace(directory, { workDirectory });
      const extensionsDirectory = await tree.extensionsDirectory();
      if (this.#closing) throw agentStopping();
      const run = new HostRun({
        operationId,
        hostTitle: operation.host,
        entryPath,
        extensionsDirectory,
        name: operation.name,
        arguments: operation.arguments,
        workDirectory,
        timeoutMs: shorterMs(operation.timeoutMs, limits.maxOperationMs),
        onOutput: operation.onOutput,
        onTrace: (trace) =>
          writeHostTrace(directory, trace).catch((error: unknown) =>
            logger.error({ err: error, operation: operationId }, "the trace of a host could not be written"),
          ),
        logger,
      });
      this.#runs.add(run);
      void run.gone.then(() => this.#forget(run, directory));
      return run;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async #forget(run: HostRun, directory: string): Promise<void> {
    this.#runs.delete(run);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
      this.#options.logger.warn(
        { err: error },
        "what an operation left could not be removed; it will be at the next start",
      ),
    );
  }
}

function workDirectoryIn(directory: string): string {
  return path.join(directory, "work");
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
