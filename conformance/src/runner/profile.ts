import { readFileSync } from "node:fs";
import { z } from "zod";
import { packageFile } from "../package-file.ts";
import { isRequiredLevel } from "./case-level.ts";
import { type CaseResult, isExecuted } from "./outcome.ts";

const file = z.record(z.string(), z.strictObject({ floor: z.int().positive() }));

/** What a run has to reach at least before its green means anything. */
export interface Profile {
  readonly name: string;
  /** The fewest MUST and MUST NOT cases that have to be executed. */
  readonly floor: number;
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
