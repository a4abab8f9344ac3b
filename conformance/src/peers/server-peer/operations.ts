import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type {
  CancelOperationRequest,
  OperationStatus,
  OutputChunk,
  ReadOperationRequest,
  StartOperationRequest,
} from "@berth/proto/messages/sync/v49/operation";
import { expectAnswered } from "../../expect/answered.ts";
import { failed } from "../../expect/failed.ts";
import type { CallResult } from "./call-result.ts";
import { checkOutput, checkStatus } from "./check-operation.ts";
import { methods } from "./methods.ts";
import { isReadWhole, type OperationRun, operationRun } from "./operation-run.ts";
import type { UnaryCaller } from "./unary-call.ts";

/** What an answer to start or read says, checked. */
interface AnsweredOperation {
  readonly status: OperationStatus;
  readonly output: readonly OutputChunk[];
  readonly nextCursor: bigint;
}

/** The four calls of the operation service, and whole operations made of them. */
export interface OperationCalls {
  /** Fields left out are empty or zero; a UUID of the case's own is made when no `operationId` is given. */
  start(
    session: NegotiateResponse,
    request: Partial<StartOperationRequest>,
  ): Promise<CallResult<AnsweredOperation & { operationId: string }>>;
  read(
    session: NegotiateResponse,
    operationId: string,
    request?: Partial<ReadOperationRequest>,
  ): Promise<CallResult<AnsweredOperation>>;
  cancel(
    session: NegotiateResponse,
    operationId: string,
    request?: Partial<CancelOperationRequest>,
  ): Promise<CallResult<OperationStatus>>;
  abandon(session: NegotiateResponse, operationId: string): Promise<CallResult<OperationStatus>>;
  /** Starts an operation and reads it to its end; a refusal is the agent's failure. */
  run(session: NegotiateResponse, name: string, args?: readonly string[]): Promise<OperationRun>;
  /** Starts an operation that runs on, and returns once it has written output. */
  begin(
    session: NegotiateResponse,
    name: string,
    args?: readonly string[],
    request?: Partial<StartOperationRequest>,
  ): Promise<OperationRun>;
  /** Reads an operation from its beginning to its end. */
  readToEnd(session: NegotiateResponse, operationId: string): Promise<OperationRun>;
}

/** How long one long poll waits. Whole operations end long before. */
const pollMs = 5_000;

/** Makes the calls of one peer. `patienceMs` is what an agent has beyond the wait it was asked for. */
export function operationCalls(caller: UnaryCaller, patienceMs: number, newUuid: () => string): OperationCalls {
  const calls: OperationCalls = {
    async start(session, request) {
      const operationId = request.operationId ?? newUuid();
      const full: StartOperationRequest = {
        name: "",
        arguments: [],
        waitMs: 0n,
        timeoutMs: 0n,
        ...request,
        operationId,
        sessionToken: session.sessionToken,
      };
      const result = await caller.call(methods.start, full, {
        patienceMs: patienceMs + longestWaitMs(session, full.waitMs),
      });
      if (result.kind === "refused") return result;
      const value = answered(operationId, { ...result.value, cursor: 0n, maxBytes: 0 });
      return { kind: "answered", value: { ...value, operationId } };
    },

    async read(session, operationId, request = {}) {
      const full: ReadOperationRequest = {
        cursor: 0n,
        waitMs: 0n,
        maxBytes: 0,
        ...request,
        operationId,
        sessionToken: session.sessionToken,
      };
      const result = await caller.call(methods.read, full, {
        patienceMs: patienceMs + longestWaitMs(session, full.waitMs),
      });
      if (result.kind === "refused") return result;
      const { cursor, maxBytes } = full;
      return { kind: "answered", value: answered(operationId, { ...result.value, cursor, maxBytes }) };
    },

    async cancel(session, operationId, request = {}) {
      const full = { graceMs: 0n, ...request, operationId, sessionToken: session.sessionToken };
      const result = await caller.call(methods.cancel, full, { patienceMs });
      if (result.kind === "refused") return result;
      return { kind: "answered", value: checkStatus(operationId, result.value.status) };
    },

    async abandon(session, operationId) {
      const request = { operationId, sessionToken: session.sessionToken };
      const result = await caller.call(methods.abandon, request, { patienceMs });
      if (result.kind === "refused") return result;
      return { kind: "answered", value: checkStatus(operationId, result.value.status) };
    },

    async run(session, name, args = []) {
      const request = { name, arguments: [...args], waitMs: BigInt(pollMs) };
      const first = expectAnswered(await calls.start(session, request), `the start of operation ${name}`);
      if (isReadWhole(first.status, first.nextCursor)) {
        return operationRun(first.operationId, first.status, first.output, first.nextCursor);
      }
      return calls.readToEnd(session, first.operationId);
    },

    async begin(session, name, args = [], request = {}) {
      const started = await calls.start(session, { ...request, name, arguments: [...args] });
      const { operationId } = expectAnswered(started, `the start of operation ${name}`);
      const read = await calls.read(session, operationId, { waitMs: BigInt(pollMs) });
      const { status, output, nextCursor } = expectAnswered(read, `the first read of operation ${name}`, "OP-020");
      return operationRun(operationId, status, output, nextCursor);
    },

    async readToEnd(session, operationId) {
      const output: OutputChunk[] = [];
      let cursor = 0n;
      const deadline = performance.now() + patienceMs * 2;
      for (;;) {
        const result = await calls.read(session, operationId, { cursor, waitMs: BigInt(pollMs) });
        const part = expectAnswered(result, `a read from cursor ${cursor}`, "OP-020");
        output.push(...part.output);
        cursor = part.nextCursor;
        if (isReadWhole(part.status, cursor)) return operationRun(operationId, part.status, output, cursor);
        if (performance.now() > deadline) throw neverEnds(operationId, patienceMs * 2);
      }
    },
  };
  return calls;
}

/** How long an agent may wait in a call: as asked for, cut to what it announced (OP-013, OP-022). */
function longestWaitMs({ limits }: NegotiateResponse, waitMs: bigint): number {
  const announced = limits?.maxWaitMs || waitMs;
  return Number(waitMs < announced ? waitMs : announced);
}

function answered(
  operationId: string,
  answer: {
    readonly status?: OperationStatus | undefined;
    readonly output: readonly OutputChunk[];
    readonly nextCursor: bigint;
    readonly cursor: bigint;
    readonly maxBytes: number;
  },
): AnsweredOperation {
  const status = checkStatus(operationId, answer.status);
  checkOutput(status, answer);
  return { status, output: answer.output, nextCursor: answer.nextCursor };
}

function neverEnds(operationId: string, afterMs: number): Error {
  return failed({
    code: "operation-never-ends",
    expected: `operation ${operationId} to become final and its output to be readable to the end`,
    actual: `neither after ${afterMs} ms`,
  });
}
