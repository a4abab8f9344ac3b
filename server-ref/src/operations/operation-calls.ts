import type {
  CancelOperationRequest,
  CancelOperationResponse,
  OperationStatus,
  OutputChunk,
  ReadOperationRequest,
  ReadOperationResponse,
  StartOperationRequest,
  StartOperationResponse,
} from "@berth/proto/messages/sync/v49/operation";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import { agentMisbehaved } from "../errors/agent-failures.ts";
import { callUnary } from "../transport/unary-call.ts";
import type { AgentLink } from "./agent-link.ts";

/** What is to be run. */
export interface OperationOrder {
  /** Chosen once, kept over every repetition (OP-060). */
  readonly id: string;
  readonly name: string;
  readonly arguments: readonly string[];
  /** How long it may run, in milliseconds; zero leaves it to the agent. */
  readonly timeoutMs: number;
}

/** Where an operation stands, and its output from the cursor that was asked for. */
export interface OperationView {
  readonly status: OperationStatus;
  readonly output: readonly OutputChunk[];
  readonly nextCursor: bigint;
}

/** Short, so that output of a long operation begins to flow soon, and long enough to make a short one a single round trip. */
const startWaitMs = 500;

const readWaitMs = 20_000;
const readMaxBytes = 1024 * 1024;
const cancelGraceMs = 5_000;

/** What an answer may take beyond the wait that was asked for. */
const patienceMs = 30_000;

export async function startOperation(link: AgentLink, order: OperationOrder): Promise<OperationView> {
  const response = await link.call(({ operations }, { token, limits }) => {
    const waitMs = Math.min(startWaitMs, limits.maxWaitMs);
    const request: StartOperationRequest = {
      sessionToken: token,
      operationId: order.id,
      name: order.name,
      arguments: [...order.arguments],
      waitMs: BigInt(waitMs),
      timeoutMs: BigInt(order.timeoutMs),
    };
    return callUnary<StartOperationRequest, StartOperationResponse>(
      operations.startOperation.bind(operations),
      request,
      {
        timeoutMs: waitMs + patienceMs,
      },
    );
  });
  return checkView(order, 0n, response);
}

/** Reads from `cursor` on; waits for news. Aborting the signal ends the wait with the signal's reason. */
export async function readOperation(
  link: AgentLink,
  order: OperationOrder,
  cursor: bigint,
  signal: AbortSignal | undefined,
): Promise<OperationView> {
  const response = await link.call(({ operations }, { token, limits }) => {
    const waitMs = Math.min(readWaitMs, limits.maxWaitMs);
    const request = {
      sessionToken: token,
      operationId: order.id,
      cursor,
      waitMs: BigInt(waitMs),
      maxBytes: readMaxBytes,
    };
    return callUnary<ReadOperationRequest, ReadOperationResponse>(operations.readOperation.bind(operations), request, {
      timeoutMs: waitMs + patienceMs,
      ...(signal && { signal }),
    });
  });
  const view = checkView(order, cursor, response);
  if (isFinal(view.status) && view.output.length === 0 && cursor < view.status.outputBytes) {
    throw agentMisbehaved("it holds back output of an operation that has ended", "OP-020");
  }
  return view;
}

/** Every state but RUNNING is final, one this server does not know as well (OP-015, HS-005). */
export function isFinal({ state }: OperationStatus): boolean {
  return state !== OperationState.OPERATION_STATE_RUNNING;
}

/** Asks for an end; how it ended is read. */
export async function cancelOperation(link: AgentLink, order: OperationOrder): Promise<void> {
  await link.call(({ operations }, { token }) => {
    const request = { sessionToken: token, operationId: order.id, graceMs: BigInt(cancelGraceMs) };
    return callUnary<CancelOperationRequest, CancelOperationResponse>(
      operations.cancelOperation.bind(operations),
      request,
      {
        timeoutMs: patienceMs,
      },
    );
  });
}

/** Refuses answers that would lose, repeat or wait for ever for output. */
function checkView(
  order: OperationOrder,
  cursor: bigint,
  response: StartOperationResponse | ReadOperationResponse,
): OperationView {
  const { status, output, nextCursor } = response;
  if (!status || status.operationId.toLowerCase() !== order.id)
    throw agentMisbehaved("it answers for another operation", "OP-010");
  if (status.state === OperationState.OPERATION_STATE_UNSPECIFIED) throw agentMisbehaved("it gives no state", "OP-015");
  const received = output.reduce((sum, { data }) => sum + BigInt(data.length), 0n);
  if (nextCursor !== cursor + received || nextCursor > status.outputBytes) {
    throw agentMisbehaved("its cursor does not count the output it sent", "OP-021");
  }
  return { status, output, nextCursor };
}
