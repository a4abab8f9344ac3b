/** Thrown when an address cannot be bound. */
export class CannotListenError extends Error {
  override readonly name = "CannotListenError";

  constructor(address: string, cause: Error) {
    super(`The agent cannot listen on ${address}: ${cause.message}`, { cause });
  }
}
