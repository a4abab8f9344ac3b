import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import {
  type AbandonOperationRequest,
  type AbandonOperationResponse,
  type CancelOperationRequest,
  type CancelOperationResponse,
  OperationState,
  type ReadOperationRequest,
  type ReadOperationResponse,
  type StartOperationRequest,
  type StartOperationResponse,
} from "@berth/proto/messages/sync/v49/operation";
import type { PeerState } from "./peer-state.ts";
import { Refused } from "./refusal.ts";
import { type OperationAnswer, ScriptedOperation } from "./scripted-operation.ts";
import type { PeerSession } from "./sessions.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The agent's side of the operation service. `undefined` stands for an answer that is lost, because the connection was cut. */
export class PeerOperations {
  readonly #state: PeerState;
  readonly #byId = new Map<string, ScriptedOperation>();
  /** Where a read may go on: after the last answer, or, when that was lost, where it would have begun. */
  readonly #cursors = new Map<string, Set<bigint>>();

  constructor(state: PeerState) {
    this.#state = state;
  }

  /** @throws {Refused} when the agent refuses. */
  async start(request: StartOperationRequest): Promise<StartOperationResponse | undefined> {
    this.#state.refusals.deal("start", () => this.#state.sessions.end(request.sessionToken));
    const session = this.#state.sessions.require(request.sessionToken);
    this.#requireUuid(request.operationId);

    const operation = this.#byId.get(request.operationId) ?? this.#begin(request, session);
    this.#requireSameWork(operation, request);
    operation.starts.push(request);
    this.#state.conditions.changed();
    await this.#wait(operation, request.waitMs);
    return this.#deliver(operation, operation.answer(0, 0), 0n, "start");
  }

  /** @throws {Refused} when the agent refuses. */
  async read(request: ReadOperationRequest): Promise<ReadOperationResponse | undefined> {
    const operation = this.#find("read", request);
    operation.reads.push(request);
    this.#state.conditions.changed();
    if (!this.#cursors.get(operation.id)?.has(request.cursor))
      this.#state.blame(
        "OP-061",
        `a read went on at ${request.cursor}, which was not the next_cursor of the last answer`,
      );

    operation.advance();
    const cursor = Number(request.cursor);
    if (BigInt(cursor) > operation.status().outputBytes)
      throw new Refused({ code: ErrorCode.ERROR_CODE_INVALID_CURSOR, clause: "OP-023" });
    const answer = operation.answer(cursor, request.maxBytes);
    if (answer.output.length === 0) await this.#wait(operation, request.waitMs);
    return this.#deliver(operation, operation.answer(cursor, request.maxBytes), request.cursor, "read");
  }

  cancel(request: CancelOperationRequest): CancelOperationResponse {
    const operation = this.#find("read", request);
    operation.endBy(OperationState.OPERATION_STATE_CANCELLED);
    return { status: operation.status() };
  }

  abandon(request: AbandonOperationRequest): AbandonOperationResponse {
    const operation = this.#find("read", request);
    operation.endBy(OperationState.OPERATION_STATE_ABANDONED);
    return { status: operation.status() };
  }

  #begin(request: StartOperationRequest, session: PeerSession): ScriptedOperation {
    if (session.confirmed === undefined) {
      this.#state.blame("OP-063", "an operation was started in a session that has confirmed no generation");
      throw new Refused({ code: ErrorCode.ERROR_CODE_NO_GENERATION, clause: "OP-001" });
    }
    this.#requireArgumentsWithinLimit(request);
    const { options } = this.#state;
    const script = options.operations?.[request.name] ?? {};
    const digest = Buffer.from(session.confirmed, "hex");
    const operation = new ScriptedOperation(request.operationId, script, digest, options.outputBytesPerAnswer ?? 0);
    this.#byId.set(operation.id, operation);
    this.#state.operations.push(operation);
    return operation;
  }

  #find(call: "read", { sessionToken, operationId }: { sessionToken: string; operationId: string }): ScriptedOperation {
    this.#state.refusals.deal(call, () => this.#state.sessions.end(sessionToken));
    this.#state.sessions.require(sessionToken);
    const operation = this.#byId.get(operationId);
    if (operation === undefined) throw new Refused({ code: ErrorCode.ERROR_CODE_OPERATION_UNKNOWN, clause: "OP-026" });
    return operation;
  }

  #deliver(
    operation: ScriptedOperation,
    answer: OperationAnswer,
    cursor: bigint,
    call: "start" | "read",
  ): OperationAnswer | undefined {
    const lost = this.#state.cut(call);
    if (!lost) operation.deliveredBytes = Math.max(operation.deliveredBytes, Number(answer.nextCursor));
    // A server can leave the output of the start unused and begin its reads at 0.
    const next = call === "start" ? [0n, answer.nextCursor] : [answer.nextCursor];
    this.#cursors.set(operation.id, new Set(lost ? [cursor] : next));
    this.#state.conditions.changed();
    return lost ? undefined : answer;
  }

  /** Waits as OP-013 and OP-022 have it: a script goes on only by reads, so nothing can end the wait but its time. */
  async #wait(operation: ScriptedOperation, askedMs: bigint): Promise<void> {
    const { maxWaitMs } = this.#state.limits;
    const waitMs = maxWaitMs > 0n && askedMs > maxWaitMs ? maxWaitMs : askedMs;
    await this.#state.conditions.until(
      () => operation.state !== OperationState.OPERATION_STATE_RUNNING,
      Number(waitMs),
    );
  }

  #requireSameWork(operation: ScriptedOperation, request: StartOperationRequest): void {
    const first = operation.starts[0] ?? request;
    if (JSON.stringify([first.name, first.arguments]) === JSON.stringify([request.name, request.arguments])) return;
    this.#state.blame("OP-060", `the operation id ${request.operationId} was used for two operations`);
    throw new Refused({ code: ErrorCode.ERROR_CODE_OPERATION_ID_REUSED, clause: "OP-011" });
  }

  #requireUuid(id: string): void {
    if (UUID.test(id)) return;
    this.#state.blame("OP-060", `the operation id ${JSON.stringify(id)} is no UUID`);
    throw new Refused({ code: ErrorCode.ERROR_CODE_INVALID_OPERATION_ID, clause: "OP-014" });
  }

  #requireArgumentsWithinLimit(request: StartOperationRequest): void {
    const { maxArgumentBytes } = this.#state.limits;
    const bytes = [request.name, ...request.arguments].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (maxArgumentBytes === 0 || bytes <= maxArgumentBytes) return;
    this.#state.blame(
      "HS-033",
      `name and arguments of ${bytes} bytes went over the ${maxArgumentBytes} of max_argument_bytes`,
    );
    throw new Refused({ code: ErrorCode.ERROR_CODE_LIMIT_EXCEEDED, clause: "HS-030" });
  }
}
