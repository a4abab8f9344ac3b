import { type ServiceError, status } from "@grpc/grpc-js";
import { readAgentRefusal } from "./agent-refusal.ts";
import { ExitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";

/** The connection, not the agent, ended a call: the same can be tried on a new connection. */
export class ConnectionBroken extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.name = "ConnectionBroken";
  }
}

/**
 * Says what an error of a gRPC call means: `AgentRefusal` when the agent decided, `ConnectionBroken` when the wire did, a `Failure` for a
 * status without a Berth error. Anything else, such as a failure raised on this side, comes back as it is.
 */
export function readCallError(error: unknown): unknown {
  if (!isServiceError(error)) return error;
  return (
    readAgentRefusal(error) ??
    (isOfTheWire(error) ? new ConnectionBroken(tidy(error.details), error) : bareStatus(error))
  );
}

function isServiceError(error: unknown): error is ServiceError {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "number" &&
    "details" in error &&
    "metadata" in error
  );
}

// grpc-js reports a reset socket as INTERNAL or CANCELLED when a stream was open on it, and as UNAVAILABLE otherwise.
function isOfTheWire(error: ServiceError): boolean {
  if (error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED) return true;
  return /RST_STREAM|ECONNRESET|EPIPE|socket|Connection dropped/i.test(error.details);
}

function bareStatus(error: ServiceError): Failure {
  const isUnimplemented = error.code === status.UNIMPLEMENTED;
  return new Failure(`The agent refused with the status ${status[error.code] ?? error.code}: ${error.details}`, {
    exitCode: ExitCode.refusedByAgent,
    remedy: isUnimplemented
      ? "Check that a Berth agent listens at this address, and that it is not older than this server needs."
      : "Look at the agent's log.",
    clause: isUnimplemented ? "HS-002" : "ERR-001",
    cause: error,
  });
}

// grpc-js wraps the words of the operating system into notes about its own state.
function tidy(details: string): string {
  return details
    .replace(/^Deadline exceeded after (\d+)(\.\d+)?s.*/s, "no answer came within $1 s")
    .replace(/^No connection established\. Last error: (Error: )?/, "")
    .replace(/\.? ?Resolution note: ?\.?$/, "")
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)$/, "");
}
