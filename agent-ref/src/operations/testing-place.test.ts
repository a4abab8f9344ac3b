import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationState, type OperationStatus, OutputStream } from "@berth/proto/messages/sync/v49/operation";
import { pino } from "pino";
import { BerthError } from "../errors/berth-error.ts";
import type { Generation } from "../sync/generation.ts";
import { InstanceOperations, type InstanceOperationsOptions } from "./instance-operations.ts";
import type { OperationStart, OperationView } from "./operation-call.ts";
import { findProcess } from "./process-table.ts";

/** The longest a test waits for anything; only a failing one does. */
export const ceilingMs = 20_000;

export const logger = pino({ level: "silent" });

/** A generation whose host is one file of the test's own. */
export interface TestGeneration extends Generation {
  readonly holds: () => number;
}

/** A directory of its own for each test, with the operations of one instance in it. */
export class TestingPlace {
  readonly root: string;
  readonly #opened: InstanceOperations[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<TestingPlace> {
    return new TestingPlace(await mkdtemp(join(tmpdir(), "berth-operations-")));
  }

  get directory(): string {
    return join(this.root, "operations");
  }

  get workDirectory(): string {
    return join(this.root, "work");
  }

  async open(limits: Partial<InstanceOperationsOptions["limits"]> = {}): Promise<InstanceOperations> {
    const operations = await InstanceOperations.open({
      directory: this.directory,
      workDirectory: this.workDirectory,
      limits: {
        maxWaitMs: BigInt(ceilingMs),
        maxOperations: 8,
        maxOutputBytes: 64n * 1024n * 1024n,
        maxOperationMs: 0n,
        maxArgumentBytes: 4_096,
        ...limits,
      },
      logger,
    });
    this.#opened.push(operations);
    return operations;
  }

  /** A generation whose host is a shell script. */
  async shellHost(script: string): Promise<TestGeneration> {
    return this.host(`#!/bin/sh\n${script}\n`);
  }

  /** A generation whose host is a program of this text. */
  async host(text: string, mode = 0o755): Promise<TestGeneration> {
    const directory = join(this.root, `generation-${randomUUID()}`);
    const entryPath = join(directory, "host");
    await mkdir(join(directory, "extensions"), { recursive: true });
    await writeFile(entryPath, text);
    await chmod(entryPath, mode);
    return generationAt(directory, entryPath);
  }

  async remove(): Promise<void> {
    await Promise.all(this.#opened.map((operations) => operations.close()));
    await rm(this.root, { recursive: true, force: true });
  }
}

/** A generation in `directory`, with its extensions in "extensions". */
export function generationAt(directory: string, entryPath: string): TestGeneration {
  let held = 0;
  return {
    manifestDigest: randomBytes(32),
    directory,
    extensionsDirectory: join(directory, "extensions"),
    host: { name: "test-host", version: "1.0.0", entryPath },
    hold() {
      held++;
      return () => held--;
    },
    holds: () => held,
  };
}

/** A start with everything filled in that a test does not care about. */
export function start(generation: Generation | undefined, wanted: Partial<OperationStart> = {}): OperationStart {
  return {
    operationId: randomUUID(),
    name: "Work",
    arguments: [],
    waitMs: BigInt(ceilingMs),
    timeoutMs: 0n,
    generation,
    waitSignal: new AbortController().signal,
    ...wanted,
  };
}

/** What a reader who follows OP-061 has at the end. */
export interface WholeOutput {
  readonly status: OperationStatus;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Reads an operation until its state is final and all output was read. */
export async function readToEnd(
  operations: InstanceOperations,
  operationId: string,
  maxBytes = 0,
): Promise<WholeOutput> {
  const parts: Record<number, Buffer[]> = {
    [OutputStream.OUTPUT_STREAM_STDOUT]: [],
    [OutputStream.OUTPUT_STREAM_STDERR]: [],
  };
  let cursor = 0n;
  for (;;) {
    const view = await read(operations, operationId, cursor, maxBytes);
    for (const { stream, data } of view.output) parts[stream]!.push(Buffer.from(data));
    cursor = view.nextCursor;
    const isFinal = view.status.state !== OperationState.OPERATION_STATE_RUNNING;
    if (isFinal && cursor === view.status.outputBytes) {
      return { status: view.status, stdout: Buffer.concat(parts[1]!), stderr: Buffer.concat(parts[2]!) };
    }
  }
}

/** Reads once, waiting for news. */
export function read(
  operations: InstanceOperations,
  operationId: string,
  cursor = 0n,
  maxBytes = 0,
): Promise<OperationView> {
  const waitSignal = new AbortController().signal;
  return operations.read({ operationId, cursor, waitMs: BigInt(ceilingMs), maxBytes, waitSignal });
}

/** Waits until the host has written `text` to either stream. */
export async function untilOutput(operations: InstanceOperations, operationId: string, text: string): Promise<void> {
  let seen = "";
  let cursor = 0n;
  while (!seen.includes(text)) {
    const view = await read(operations, operationId, cursor);
    seen += view.output.map(({ data }) => Buffer.from(data).toString()).join("");
    assert.ok(view.nextCursor > cursor, `the operation wrote only ${JSON.stringify(seen)}`);
    cursor = view.nextCursor;
  }
}

/** Waits until `condition` holds, looking often; fails after the ceiling. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + ceilingMs;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `waited in vain until ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether a process of this id takes signals and is no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await findProcess(pid))?.alive === true;
}

/** Checks that `work` is refused with a BerthError of this code and clause. */
export async function assertRefused(work: Promise<unknown>, code: string, clause: string): Promise<BerthError> {
  const error = await work.then(
    () => assert.fail(`it was not refused with ${code}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof BerthError, String(error));
  assert.deepEqual([error.code, error.clause], [code, clause]);
  assert.notEqual(error.message, "");
  assert.notEqual(error.remedy, "");
  return error;
}
