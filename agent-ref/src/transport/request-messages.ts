import type { Readable } from "node:stream";
import type { Incoming } from "./call.ts";
import { undecodable } from "./service-definition.ts";

/** The messages of a grpc-js call that takes many, read one after another. */
export class RequestMessages<Request> {
  readonly #grpcCall: Readable;
  /** Filled when the caller goes: the library discards what it holds as soon as the listeners have run. */
  readonly #rescued: Request[] = [];
  #callerEnded = false;
  #callerGone = false;
  #wake = () => {};

  constructor(grpcCall: Readable) {
    this.#grpcCall = grpcCall;
    grpcCall.on("readable", () => this.#wake());
    grpcCall.once("end", () => {
      this.#callerEnded = true;
      this.#wake();
    });
    grpcCall.once("cancelled", () => {
      for (let left = this.#read(); left !== null; left = this.#read()) this.#rescued.push(left);
      this.#callerGone = true;
      this.#wake();
    });
  }

  /** As {@link RequestStream.next}. Throws {@link undecodable} for a message that is not valid Protobuf. */
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

  /** As {@link RequestStream.arrived}. */
  arrived(): Incoming<Request> {
    const message = this.#rescued.shift() ?? (this.#callerGone ? null : this.#read());
    if ((message as unknown) === undecodable) throw undecodable;
    if (message !== null) return { kind: "message", message };
    if (this.#callerGone) return { kind: "gone" };
    return { kind: this.#callerEnded ? "end" : "idle" };
  }

  #read(): Request | null {
    return this.#grpcCall.read() as Request | null;
  }
}

/** The longest time that setTimeout takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
