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

/** What came next: a message, the end of the caller's side, a caller who has gone, or nothing for too long. */
export type Incoming<Request> =
  | { readonly kind: "message"; readonly message: Request }
  | { readonly kind: "end" }
  | { readonly kind: "gone" }
  | { readonly kind: "idle" };

/** The caller's side of a call that takes many messages. One reader at a time. */
export interface RequestStream<Request> extends Call {
  /** The next message, in order; waits at most `idleMs`, or without end when that is zero. What arrived before a cut is still answered. */
  next(idleMs: number): Promise<Incoming<Request>>;
  /** What has arrived and was not taken yet, without waiting: "idle" when there is nothing. */
  arrived(): Incoming<Request>;
}

/** The agent's side of a call that answers with many messages. */
export interface ResponseStream<Response> extends Call {
  /** Sends one message; waits while the caller reads too slowly. It never fails: to a caller who has gone it sends nothing. */
  send(message: Response): Promise<void>;
}

/** Both sides of a call that streams both ways. */
export interface MessageStream<Request, Response> extends RequestStream<Request>, ResponseStream<Response> {}

/** Thrown when the caller has gone in the middle of a call: there is nobody to answer. */
export class CallerGone extends Error {
  override readonly name = "CallerGone";
}
