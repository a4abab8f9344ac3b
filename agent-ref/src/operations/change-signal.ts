import { startTimer } from "./long-timer.ts";

/** Lets calls wait until something about an operation has changed (OP-013, OP-022). */
export class ChangeSignal {
  readonly #listeners = new Set<() => void>();

  /** Lets every waiting call look at its condition again. */
  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Answers once `condition` holds, `waitMs` have passed or `signal` is aborted, whichever comes first. It never fails. */
  async waitUntil(condition: () => boolean, waitMs: number, signal: AbortSignal): Promise<void> {
    if (condition() || waitMs <= 0 || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (condition()) resolve();
    };
    const stopTimer = startTimer(waitMs, resolve);
    const stop = () => resolve();
    signal.addEventListener("abort", stop);
    this.#listeners.add(look);
    try {
      await promise;
    } finally {
      stopTimer();
      signal.removeEventListener("abort", stop);
      this.#listeners.delete(look);
    }
  }
}
