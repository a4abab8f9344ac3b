// A longer delay makes setTimeout fire at once.
const longestTimeoutMs = 2 ** 31 - 1;

/** Stops a timer; stopping one that has fired does nothing. */
export type StopTimer = () => void;

/** Calls `then` after `delayMs`, which can be longer than setTimeout allows. Answers with what stops it. */
export function startTimer(delayMs: number, then: () => void): StopTimer {
  const end = performance.now() + delayMs;
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number) => {
    timer = setTimeout(
      () => {
        const stillMs = end - performance.now();
        if (stillMs > 1) wait(stillMs);
        else then();
      },
      Math.min(leftMs, longestTimeoutMs),
    );
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}

/** The shorter of two time limits of which zero is none; zero when neither limits. */
export function shorterMs(asked: bigint, limit: bigint): number {
  if (asked === 0n || limit === 0n) return Number(asked || limit);
  return Number(asked < limit ? asked : limit);
}
