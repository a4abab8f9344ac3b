import type { StreamNumber } from "./output-index.ts";

/** Takes a run of a host's output, and answers when it can take the next. */
export type TakeOutput = (stream: StreamNumber, bytes: Buffer) => Promise<void>;

/** A host's output on its way to whoever takes it: how much went, and how long it had to wait for the taker. */
export class OutputFlow {
  readonly #onOutput: TakeOutput;
  #takenBytes = 0;
  #takersBusy = 0;
  #busySinceMs = 0;
  #waitedMs = 0;

  constructor(onOutput: TakeOutput) {
    this.#onOutput = onOutput;
  }

  /** The bytes taken so far, of both streams. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** How long output has waited for the taker, the wait that is going on included. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#takersBusy > 0 ? performance.now() - this.#busySinceMs : 0);
  }

  /** Hands one run on. */
  async take(stream: StreamNumber, bytes: Buffer): Promise<void> {
    if (this.#takersBusy++ === 0) this.#busySinceMs = performance.now();
    try {
      await this.#onOutput(stream, bytes);
    } finally {
      this.#takenBytes += bytes.length;
      if (--this.#takersBusy === 0) this.#waitedMs += performance.now() - this.#busySinceMs;
    }
  }
}
