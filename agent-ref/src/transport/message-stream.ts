import { once } from "node:events";
import type { handleBidiStreamingCall, ServerDuplexStream } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { Call } from "./call.ts";
import { failureOf, undecodableFailure } from "./failure.ts";
import { peerAddressOf } from "./peer-address.ts";
import { undecodable } from "./service-definition.ts";

/** What came next: a message, the end of the caller's side, a caller who has gone, or nothing for too long. */
export type Incoming<Request> =
  | { readonly kind: "message"; readonly message: Request }
  | { readonly kind: "end" }
  | { readonly kind: "gone" }
  | { readonly kind: "idle" };

/** Both sides of one streaming call. One reader at a time. */
export interface MessageStream<Request, Response> extends Call {
  /** The next message, in order; waits at most `idleMs`, or without end when that is zero. What arrived before a cut is still answered. */
  next(idleMs: number): Promise<Incoming<Request>>;
  /** What has arrived and was not taken yet, without waiting: "idle" when there is nothing. */
  arrived(): Incoming<Request>;
  /** Sends one message; waits while the caller reads too slowly. */
  send(message: Response): Promise<void>;
}

/** A grpc-js handler that ends the call well when `handler` ends, and refuses with what it throws (ERR-001, ERR-007). */
export function streaming<Request, Response>(
  handler: (stream: MessageStream<Request, Response>) => Promise<void>,
  logger: Logger,
): handleBidiStreamingCall<Request, Response> {
  return (grpcCall) => {
    const peerAddress = peerAddressOf(grpcCall.getPeer());
    // Without a socket there is nobody to answer.
    if (peerAddress === undefined) return;

    const stream = new GrpcMessageStream(grpcCall, peerAddress);
    handler(stream)
      .then(
        () => grpcCall.end(),
        (thrown: unknown) =>
          grpcCall.emit("error", thrown === undecodable ? undecodableFailure() : failureOf(thrown, logger)),
      )
      .finally(() => stream.ended());
  };
}

class GrpcMessageStream<Request, Response> implements MessageStream<Request, Response> {
  readonly peerAddress: string;
  readonly signal: AbortSignal;
  readonly #grpcCall: ServerDuplexStream<Request, Response>;
  readonly #gone = new AbortController();
  readonly #listeners: (() => void)[] = [];
  /** Filled when the caller goes: the library discards what it holds as soon as the listeners have run. */
  readonly #rescued: Request[] = [];
  #callerEnded = false;
  #wake = () => {};

  constructor(grpcCall: ServerDuplexStream<Request, Response>, peerAddress: string) {
    this.#grpcCall = grpcCall;
    this.peerAddress = peerAddress;
    this.signal = this.#gone.signal;
    grpcCall.on("readable", () => this.#wake());
    grpcCall.once("end", () => {
      this.#callerEnded = true;
      this.#wake();
    });
    grpcCall.once("cancelled", () => {
      for (let left = this.#read(); left !== null; left = this.#read()) this.#rescued.push(left);
      this.#gone.abort();
      this.#wake();
    });
  }

  async next(idleMs: number): Promise<Incoming<Request>> {
    const now = this.arrived();
    if (now.kind !== "idle") return now;

    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<"idle">((resolve) => {
      if (idleMs > 0) timer = setTimeout(resolve, Math.min(idleMs, LONGEST_TIMER_MS), "idle");
    });
    try {
      for (;;) {
        const woken = new Promise<"woken">((resolve) => {
          this.#wake = () => resolve("woken");
        });
        const first = await Promise.race([woken, expired]);
        const incoming = this.arrived();
        if (incoming.kind !== "idle" || first === "idle") return incoming;
      }
    } finally {
      clearTimeout(timer);
      this.#wake = () => {};
    }
  }

  arrived(): Incoming<Request> {
    const message = this.#rescued.shift() ?? (this.#gone.signal.aborted ? null : this.#read());
    if ((message as unknown) === undecodable) throw undecodable;
    if (message !== null) return { kind: "message", message };
    if (this.#gone.signal.aborted) return { kind: "gone" };
    return { kind: this.#callerEnded ? "end" : "idle" };
  }

  async send(message: Response): Promise<void> {
    if (this.signal.aborted || this.#grpcCall.write(message)) return;
    await once(this.#grpcCall, "drain", { signal: this.signal }).catch(() => {});
  }

  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  ended(): void {
    for (const listener of this.#listeners) listener();
  }

  #read(): Request | null {
    return this.#grpcCall.read() as Request | null;
  }
}

/** The longest time that setTimeout takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
