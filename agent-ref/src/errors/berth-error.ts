import { ErrorCode, Error as ErrorMessage, Phase } from "@berth/proto/messages/handshake/v1/handshake";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { type ErrorCodeName, errorTable } from "./error-table.ts";

/** Everything an error says that its code does not decide. */
export interface BerthErrorInit {
  /** The code as spec/errors.md spells it, such as "INSTANCE_CONFLICT". */
  readonly code: ErrorCodeName;
  /** What is wrong, for people, in one sentence. Never a token, a key or anything of another instance (ERR-010). */
  readonly message: string;
  /** What the caller has to do, for people. */
  readonly remedy: string;
  /** The clause that was broken or applied. */
  readonly clause: string;
  /** How far the call got; NOT_STARTED unless said otherwise (ERR-005). */
  readonly phase?: "NOT_STARTED" | "MAY_HAVE_STARTED" | "FINISHED";
  /** Facts for programs. */
  readonly details?: Readonly<Record<string, string>>;
  /** What went wrong underneath; it is logged and never sent. */
  readonly cause?: unknown;
}

/** A refusal that a caller can act on (ERR-001, ERR-006). */
export class BerthError extends Error {
  override readonly name = "BerthError";
  readonly code: ErrorCodeName;
  readonly remedy: string;
  readonly clause: string;
  readonly phase: NonNullable<BerthErrorInit["phase"]>;
  readonly details: Readonly<Record<string, string>>;

  constructor(init: BerthErrorInit) {
    super(init.message, { cause: init.cause });
    this.code = init.code;
    this.remedy = init.remedy;
    this.clause = init.clause;
    this.phase = init.phase ?? "NOT_STARTED";
    this.details = init.details ?? {};
  }
}

/** The gRPC error that carries `error` in the trailer `berth-error-bin` (ERR-001, ERR-003, ERR-004). */
export function toServiceError(error: BerthError): ServiceError {
  const traits = errorTable[error.code];
  const message = ErrorMessage.fromPartial({
    code: ErrorCode[`ERROR_CODE_${error.code}`],
    message: error.message,
    retryable: traits.retryable,
    phase: Phase[`PHASE_${error.phase}`],
    remedy: error.remedy,
    clause: error.clause,
    details: { ...error.details },
  });
  const metadata = new Metadata();
  metadata.set("berth-error-bin", Buffer.from(ErrorMessage.encode(message).finish()));
  return Object.assign(new Error(error.message), { code: traits.status, details: error.message, metadata });
}
