/** How long an instance has been idle (INST-060), counted only while it is open. */
export interface Idleness {
  /** Ends the idle time, and lets none begin until the function it answers with is called. */
  enter(): () => void;
  /** Ends the idle time where the instance is used by what did not enter, and answers how long it is in milliseconds. */
  measureMs(isUsed: boolean): number;
}

/** Goes on where the last measure of a former life ended. `now` is a clock that nobody sets. */
export function createIdleness(beforeMs: number, now: () => number = () => performance.now()): Idleness {
  let users = 0;
  let sinceMs = now() - beforeMs;
  const restart = () => {
    sinceMs = now();
  };

  return {
    enter() {
      users++;
      restart();
      let left = false;
      return () => {
        if (left) return;
        left = true;
        users--;
        restart();
      };
    },
    measureMs(isUsed) {
      if (isUsed || users > 0) restart();
      return now() - sinceMs;
    },
  };
}
