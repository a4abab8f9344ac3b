import { setTimeout as delay } from "node:timers/promises";

/** Waits before the next attempt: 0.1 s after the first failure, twice as long after each further one, at most 2 s. Rejects with the signal's reason. */
export async function backOff(failures: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(Math.min(2_000, 100 * 2 ** (failures - 1)), undefined, { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
