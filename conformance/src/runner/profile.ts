import { readFileSync } from "node:fs";
import { z } from "zod";
import { isUnpublished } from "../dialect.ts";
import { isBelowMinimum } from "../minimum-version.ts";
import { packageFile } from "../package-file.ts";
import type { ProductVersion } from "../product-version.ts";
import { isRequiredLevel } from "./case-level.ts";
import { type CaseResult, isExecuted } from "./outcome.ts";

const file = z.record(z.string(), z.strictObject({ floor: z.int().positive() }));

/** What a run has to reach at least before its green means anything. */
export interface Profile {
  readonly name: string;
  /** The fewest MUST and MUST NOT cases that have to be executed. */
  readonly floor: number;
}

/** The lowest and the highest agent version with a profile of its own; agents beyond them are judged by these. */
const PROFILED_VERSIONS = { lowest: 42, highest: 49 } as const;

/** The name of the profile that an agent of this version is judged by. */
export function agentProfileName(agentVersion: number, byAddress: boolean): string {
  const published = isUnpublished(agentVersion) ? 46 : agentVersion;
  const version = Math.min(Math.max(published, PROFILED_VERSIONS.lowest), PROFILED_VERSIONS.highest);
  return `agent-${version}${byAddress ? "-by-address" : ""}`;
}

/** The name of the profile that a server is judged by as this product and version. */
export function serverProfileName(productVersion: ProductVersion): string {
  return isBelowMinimum(productVersion) ? "server-below-minimum" : "server";
}

/** Reads one profile of `profiles.json`; undefined when there is none of that name. */
export function readProfile(name: string): Profile | undefined {
  const profile = readProfiles().find((each) => each.name === name);
  return profile;
}

/** All profiles, in the order of the file. */
export function readProfiles(): Profile[] {
  const profiles = file.parse(JSON.parse(readFileSync(packageFile("profiles.json"), "utf8")));
  return Object.entries(profiles).map(([name, { floor }]) => ({ name, floor }));
}

/** How many cases of required clauses said something about the target. */
export function executedRequired(results: readonly CaseResult[]): number {
  return results.filter((result) => isRequiredLevel(result.level) && isExecuted(result.outcome)).length;
}
