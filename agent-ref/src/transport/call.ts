/** One call that is under way, whatever its shape: who makes it, and until when. */
export interface Call {
  /** The canonical address of the peer, as its socket says (INST-015, INST-017). */
  readonly peerAddress: string;
  /** Aborts when the caller has gone or cancelled: nobody reads the answer any more. */
  readonly signal: AbortSignal;
  /** Calls `listener` once when the call has ended, however it ended. */
  onEnd(listener: () => void): void;
}

/** Answers one request; a BerthError it throws becomes the caller's refusal, anything else INTERNAL. */
export type UnaryHandler<Request, Response> = (request: Request, call: Call) => Promise<Response> | Response;
