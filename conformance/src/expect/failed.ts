import { ConformanceFailure } from "../runner/failure.ts";

/** What was found wrong with the target, in words. */
export interface Finding {
  /** Stable and machine-readable, such as `status-wrong`; known failures name it. */
  readonly code: string;
  /** The clause that was broken, where it is not the case's first. */
  readonly clause?: string;
  readonly expected: string;
  readonly actual: string;
  /** The likely cause, where the suite knows one. */
  readonly hint?: string;
}

/** Makes the failure that blames the target. */
export function failed(finding: Finding): ConformanceFailure {
  return new ConformanceFailure(finding);
}
