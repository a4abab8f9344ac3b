import { BerthError } from "../errors/berth-error.ts";

export function invalidOperationId(): BerthError {
  return new BerthError({
    code: "INVALID_OPERATION_ID",
    message: "The operation id is not a UUID in text form, or is the nil UUID.",
    remedy: "Choose a random UUID for each operation and send it in text form with hyphens.",
    clause: "OP-014",
  });
}

export function noGeneration(): BerthError {
  return new BerthError({
    code: "NO_GENERATION",
    message: "This session has confirmed no generation to run from.",
    remedy: "Negotiate with the digest of the wanted manifest, or sync it, and start again.",
    clause: "OP-001",
  });
}

export function noHost(): BerthError {
  return new BerthError({
    code: "NO_HOST",
    message: "The generation of this session has no host package.",
    remedy: "Add a host package to the server's packages and sync again.",
    clause: "OP-003",
  });
}

export function invalidArguments(message: string): BerthError {
  return new BerthError({
    code: "INVALID_ARGUMENTS",
    message,
    remedy: "Correct the operation's name or argument.",
    clause: "OP-012",
  });
}

export function argumentsTooLong(maximumBytes: number): BerthError {
  return new BerthError({
    code: "LIMIT_EXCEEDED",
    message: `The name and the arguments together are longer than ${maximumBytes} bytes.`,
    remedy: "Pass less on the command line, or put it into a file of an extension.",
    clause: "HS-030",
    details: { limit: "max_argument_bytes", maximum: String(maximumBytes) },
  });
}

export function operationIdReused(): BerthError {
  return new BerthError({
    code: "OPERATION_ID_REUSED",
    message: "This operation id was used for another name or other arguments.",
    remedy: "Choose a new UUID for each operation.",
    clause: "OP-011",
  });
}

export function tooManyOperations(maximum: number): BerthError {
  return new BerthError({
    code: "TOO_MANY_OPERATIONS",
    message: `This instance already runs ${maximum} operations, which is its limit.`,
    remedy: "Wait until one has ended, and start again.",
    clause: "OP-016",
    details: { maximum: String(maximum) },
  });
}

/** A start whose record could not be made durable: nothing ran, but the caller cannot tell that from a lost answer. */
export function recordNotWritten(cause: unknown): BerthError {
  return new BerthError({
    code: "STORAGE_FAILED",
    message: "The agent could not write the record of this operation.",
    remedy: "Look at the agent's disk, then start again with the same id.",
    clause: "OP-010",
    phase: "MAY_HAVE_STARTED",
    cause,
  });
}

export function outputNotReadable(cause: unknown): BerthError {
  return new BerthError({
    code: "STORAGE_FAILED",
    message: "The agent could not read the output of this operation.",
    remedy: "Look at the agent's disk, then read again from the same cursor.",
    clause: "OP-020",
    cause,
  });
}

export function agentStopping(): BerthError {
  return new BerthError({
    code: "INTERNAL",
    message: "The agent is stopping and starts no more operations.",
    remedy: "Start again with the same id once the agent is back.",
    clause: "OP-041",
  });
}

export function operationUnknown(): BerthError {
  return new BerthError({
    code: "OPERATION_UNKNOWN",
    message: "This instance has no operation of this id.",
    remedy: "Check the operation id, and that the session is in the instance that started it.",
    clause: "OP-026",
  });
}

export function invalidCursor(outputBytes: number): BerthError {
  return new BerthError({
    code: "INVALID_CURSOR",
    message: `The cursor lies beyond the ${outputBytes} bytes of output there are.`,
    remedy: "Read from a cursor that the agent gave.",
    clause: "OP-023",
    details: { output_bytes: String(outputBytes) },
  });
}
