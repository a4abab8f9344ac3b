import type { CaseRecord } from "../case.ts";
import type { CaseSurroundings } from "../runner/execute-case.ts";
import type { KnownFailure } from "../runner/known-failures-file.ts";
import { type Profile, readProfile, readProfiles } from "../runner/profile.ts";
import type { SuiteRun } from "../runner/run-suite.ts";
import type { Shard } from "../runner/shard.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Interruption } from "./interruption.ts";
import type { CaseOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";

/** What is said of a run before its target is attached to, whichever end is judged. */
export interface TargetRun<Case extends CaseRecord> {
  /** A profile by name, in place of the one that the target's version leads to. */
  readonly profile?: string;
  readonly shard?: Shard;
  readonly options: CaseOptions;
  readonly catalogue: Catalogue;
  readonly knownFailures: readonly KnownFailure[];
  readonly interruption: Interruption;
  /** In place of a new one; see `RunScope`. */
  readonly nonce?: string;
  readonly onWire?: CaseSurroundings<Case>["onWire"];
}

/** Of a run's record what does not depend on which end is judged. */
export function asAsked<Case extends CaseRecord>({
  catalogue,
  options,
  shard,
  knownFailures,
}: TargetRun<Case>): Pick<SuiteRun<Case>, "clauses" | "shard" | "jobs" | "traceDir" | "filter" | "knownFailures"> {
  const { jobs, traceDir, filter } = options;
  return { clauses: catalogue.clauses, shard, jobs, traceDir, filter, knownFailures };
}

/** @throws {UsageError} naming the profiles there are. */
export function requireProfile(name: string): Profile {
  const profile = readProfile(name);
  if (profile !== undefined) return profile;
  const names = readProfiles().map((each) => each.name);
  throw new UsageError(`there is no profile "${name}"; there are ${names.join(", ")}`);
}
