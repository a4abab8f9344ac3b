import { type KnownFailure, readKnownFailures } from "../runner/known-failures-file.ts";
import type { RunOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";

/** The known failures that a run was given; none when it was given no file. */
export function knownFailuresOf(options: RunOptions): KnownFailure[] {
  if (options.knownFailures === undefined) return [];
  try {
    return readKnownFailures(options.knownFailures);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
