import {
  type Error as BerthError,
  ErrorCode,
  Error as ErrorMessage,
  errorCodeToJSON,
  Phase,
} from "@berth/proto/messages/handshake/v1/handshake";
import type { ServiceError } from "@grpc/grpc-js";
import { ExitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import { printable } from "./printable.ts";

/** What an agent decided against, with its own words (ERR-008). `code` can be a value this server does not know (HS-005). */
export class AgentRefusal extends Failure {
  readonly code: number;
  /** The same call can succeed later; without it the call is never repeated (ERR-009). */
  readonly retryable: boolean;
  /** The agent says that nothing was begun (ERR-005). */
  readonly hasNotStarted: boolean;
  readonly details: Readonly<Record<string, string>>;

  constructor(error: BerthError, cause: ServiceError) {
    super(`The agent refused (${nameOf(error.code)}): ${printable(error.message) || "it gave no reason"}`, {
      exitCode: ExitCode.refusedByAgent,
      remedy: sideToUpgrade(error.code) + (printable(error.remedy) || "The agent named no remedy; look at its log."),
      ...(error.clause && { clause: printable(error.clause) }),
      cause,
    });
    this.name = "AgentRefusal";
    this.code = error.code;
    this.retryable = error.retryable;
    this.hasNotStarted = error.phase === Phase.PHASE_NOT_STARTED;
    this.details = error.details;
  }
}

/** Reads the error an agent put into the trailer `berth-error-bin` (ERR-001); undefined where there is none that can be read. */
export function readAgentRefusal(error: ServiceError): AgentRefusal | undefined {
  const trailer = error.metadata?.get("berth-error-bin")[0];
  if (!Buffer.isBuffer(trailer)) return undefined;
  try {
    return new AgentRefusal(ErrorMessage.decode(trailer), error);
  } catch {
    return undefined;
  }
}

/** True for the refusal that asks for a new handshake (HS-026). */
export function isSessionUnknown(error: unknown): boolean {
  return error instanceof AgentRefusal && error.code === ErrorCode.ERROR_CODE_SESSION_UNKNOWN;
}

/** Which side has to be upgraded, in this server's own words, because an agent of any age may have refused (HS-014). */
function sideToUpgrade(code: number): string {
  if (code === ErrorCode.ERROR_CODE_SERVER_TOO_OLD) return "Upgrade this server. ";
  if (code === ErrorCode.ERROR_CODE_AGENT_TOO_OLD) return "Upgrade the agent. ";
  return "";
}

function nameOf(code: number): string {
  const known = Object.entries(ErrorCode).some(([name, value]) => value === code && name !== "UNRECOGNIZED");
  return known ? errorCodeToJSON(code as ErrorCode).replace("ERROR_CODE_", "") : `code ${code}`;
}
