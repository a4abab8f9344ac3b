import { resolve } from "node:path";
import type { Interruption } from "../cli/interruption.ts";
import type { CaseOptions } from "../cli/run-options.ts";
import { type KnownFailure, readKnownFailures } from "../runner/known-failures-file.ts";
import type { Shard } from "../runner/shard.ts";

/** What every mounted suite can be told; the options of the command line of the same names. */
export interface MountOptions {
  /** The case of this id, or those with this part or glob in their id or a clause id; twins come along. */
  readonly filter?: string;
  readonly shard?: Shard;
  /** The path of a list of known failures, or its entries. */
  readonly knownFailures?: string | readonly KnownFailure[];
  /** Hexadecimal digits; a new seed when absent. */
  readonly seed?: string;
  /** Stretches every bound in time; 1 when absent. */
  readonly timeScale?: number;
  /** How many cases go on at once; 4 when absent. Mocha shows them one after another all the same. */
  readonly jobs?: number;
  /** Directories of real npm packages to sync besides made-up ones. */
  readonly packages?: readonly string[];
  /** The name of another floor. */
  readonly profile?: string;
}

/** How long an agent has to start when nothing is said. */
export const START_SECONDS = 20;

/** The options of a command line that say the same. */
export function caseOptionsOf(options: MountOptions & { readonly startTimeout?: number }): CaseOptions {
  const { filter, seed, timeScale = 1, jobs = 4, packages = [], startTimeout = START_SECONDS } = options;
  return { filter, seed, timeScale, jobs, startTimeout, package: packages.map((directory) => resolve(directory)) };
}

/** The entries that the options hold or point to. */
export function knownFailuresIn({ knownFailures = [] }: MountOptions): readonly KnownFailure[] {
  return typeof knownFailures === "string" ? readKnownFailures(knownFailures) : knownFailures;
}

/** Signals are the matter of whoever runs mocha; what was started is killed when the process ends. */
export const unwatched: Interruption = { owe: () => () => undefined, end: () => undefined };
