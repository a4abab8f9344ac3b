import { type Finding, failed } from "./failed.ts";

const pauseMs = 20;

/** Repeats a check until it gives a value other than undefined; after `patienceMs` the finding is the target's failure. */
export async function eventually<Value>(
  check: () => Promise<Value | undefined> | Value | undefined,
  patienceMs: number,
  finding: Finding,
): Promise<Value> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw failed(finding);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
