import { ConnectionBroken, readCallError } from "../errors/call-error.ts";

/** How long neither side of a transfer may move a byte. Longer than an agent needs to verify and store a large generation. */
export const transferStallMs = 5 * 60_000;

/** Ends a streaming call that is given up or stands still, and knows afterwards why it ended. */
export interface CallWatch extends Disposable {
  /** Something moved: the time of standing still begins anew. */
  refresh(): void;
  /** Why the call was given up, or else what `readCallError` makes of the error that it ended with. */
  reasonFor(error: unknown): unknown;
}

/** Watches a call until it is disposed of, which cancels what is left of it. Aborting `signal` gives the call up; standing still for `stallMs` does too, where given. */
export function watchCall(call: { cancel(): void }, signal: AbortSignal, stallMs?: number): CallWatch {
  let reason: unknown;
  const giveUp = (why: unknown) => {
    reason ??= why;
    call.cancel();
  };
  const stalled = () => giveUp(new ConnectionBroken(`the agent did not go on for ${Number(stallMs) / 60_000} minutes`));
  const watchdog = stallMs === undefined ? undefined : setTimeout(stalled, stallMs);
  const onAbort = () => giveUp(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    refresh: () => void watchdog?.refresh(),
    reasonFor: (error) => reason ?? readCallError(error),
    [Symbol.dispose]() {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", onAbort);
      call.cancel();
    },
  };
}
