import { Error as BerthError, ErrorCode, Phase } from "@berth/proto/messages/handshake/v1/handshake";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { codeName } from "../../expect/code-name.ts";
import { type CodeRow, codeTable } from "../../expect/code-table.ts";
import type { PeerError, Refusal, RefusedCall } from "./options.ts";

/** Ends a call with an error of the agent: a status and the trailer `berth-error-bin` (ERR-001). */
export class Refused extends Error {
  readonly serviceError: Partial<ServiceError>;

  constructor(error: PeerError) {
    const row = errorRow(error.code);
    const message = error.message ?? `The agent of the suite refuses with code ${error.code}.`;
    super(message);
    const metadata = new Metadata();
    metadata.set("berth-error-bin", Buffer.from(BerthError.encode(withDefaults(error, message)).finish()));
    this.serviceError = { code: row.status, details: message, metadata };
  }
}

/** Ends a call with a status alone, as a gRPC library does that decides before any program is asked. */
export class RefusedByLibrary extends Error {
  readonly serviceError: Partial<ServiceError>;

  constructor(code: status, details: string) {
    super(details);
    this.serviceError = { code, details };
  }
}

/** A code of the future has no row; a server knows only what the error itself says. */
function errorRow(code: ErrorCode): CodeRow {
  const rows: Readonly<Record<string, CodeRow>> = codeTable;
  return rows[codeName(code)] ?? { status: status.FAILED_PRECONDITION, retryable: false, details: [] };
}

function withDefaults(error: PeerError, message: string): BerthError {
  return {
    code: error.code,
    message,
    retryable: error.retryable ?? errorRow(error.code).retryable,
    phase: error.phase ?? Phase.PHASE_NOT_STARTED,
    remedy: error.remedy ?? "Look at what the server sent.",
    clause: error.clause ?? "ERR-001",
    details: { ...error.details },
  };
}

/** Deals the refusals a case asked for, each as often as it said. */
export class Refusals {
  readonly #left: { refusal: Refusal; times: number }[];
  readonly #dealt: RefusedCall[] = [];

  constructor(refusals: readonly Refusal[]) {
    this.#left = refusals.map((refusal) => ({ refusal, times: refusal.times ?? Number.POSITIVE_INFINITY }));
  }

  /**
   * Refuses `call` when it is its turn; `endSession` is called first when the error says that there is none.
   *
   * @throws {Refused} the refusal.
   */
  deal(call: RefusedCall, endSession?: () => void): void {
    const next = this.#left.find((item) => item.refusal.call === call && item.times > 0);
    if (next === undefined) return;
    next.times -= 1;
    this.#dealt.push(call);
    if (next.refusal.error.code === ErrorCode.ERROR_CODE_SESSION_UNKNOWN) endSession?.();
    throw new Refused(next.refusal.error);
  }

  /** How often `call` was refused so far. */
  dealt(call: RefusedCall): number {
    return this.#dealt.filter((each) => each === call).length;
  }
}
