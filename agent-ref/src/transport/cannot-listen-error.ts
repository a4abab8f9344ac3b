/** Thrown when an address cannot be bound. */
export class CannotListenError extends Error {
  override readonly name = "CannotListenError";

  constructor(address: string, cause: Error) {
    super(`The agent cannot listen on ${address}: ${inWords(cause.message)}. Say another address with --listen.`, {
      cause,
    });
  }
}

/** What the system's short name in the library's message means; the message itself where it holds none that is known. */
function inWords(message: string): string {
  const code = /\b(?:EADDRINUSE|EADDRNOTAVAIL|EACCES)\b/.exec(message)?.[0];
  if (code === "EADDRINUSE") return "another program listens there (EADDRINUSE)";
  if (code === "EADDRNOTAVAIL") return "this machine does not have the address (EADDRNOTAVAIL)";
  if (code === "EACCES") return "this user must not listen on the port (EACCES)";
  return message;
}
