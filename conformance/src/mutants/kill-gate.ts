import { readFileSync } from "node:fs";
import { z } from "zod";
import type { CaseRecord } from "../case.ts";
import { isRequired } from "../clauses/clause.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { packageFile } from "../package-file.ts";
import { caseLevel, isRequiredLevel } from "../runner/case-level.ts";
import type { MutantResult } from "./mutant-result.ts";

const words = z.string().min(1);
const format = z.strictObject({
  clauses: z.array(z.strictObject({ clause: words, reason: words, shownBy: words })),
  cases: z.array(z.strictObject({ case: words, reason: words, shownBy: words })),
});

/** Why no mutant of a required clause is killed, or none by a case of one, and what shows instead that the case can fail. */
export type Unkilled = z.infer<typeof format>;

/** Reads `mutants/unkilled.json`. Throws when it is not in its form. */
export function readUnkilled(): Unkilled {
  return format.parse(JSON.parse(readFileSync(packageFile("mutants/unkilled.json"), "utf8")));
}

/** What the kills amount to. */
export interface KillGate {
  /** Required clauses with a case. */
  readonly required: number;
  /** Those of which a mutant was killed. */
  readonly killed: number;
  /** Those without, for a reason that is given. */
  readonly excused: number;
  /** One line each; the gate is shut when there is any. */
  readonly gaps: readonly string[];
  readonly requiredCases: number;
  /** Cases of required clauses that killed no mutant, with a reason or without. */
  readonly casesWithoutKill: readonly string[];
}

/**
 * Holds the kills against clauses and cases, both ways: every required clause that has a case, and every case of one, has a kill or a
 * reason, and no reason is stale.
 */
export function killGate(
  clauses: ClauseIndex,
  cases: readonly CaseRecord[],
  results: readonly MutantResult[],
  unkilled: Unkilled,
): KillGate {
  const cited = new Set(cases.flatMap((each) => each.clauses));
  const killed = new Set(results.filter(({ status }) => status === "killed").map(({ clause }) => clause));
  const excused = new Set(unkilled.clauses.map(({ clause }) => clause));
  const required = [...clauses.values()].filter((clause) => isRequired(clause) && cited.has(clause.id));
  const killers = new Set(results.flatMap((each) => each.cases.filter(({ kills }) => kills).map(({ id }) => id)));
  const requiredCases = cases.filter((each) => isRequiredLevel(caseLevel(each, clauses))).map(({ id }) => id);
  const casesWithoutKill = requiredCases.filter((id) => !killers.has(id));
  const excusedCases = new Set(unkilled.cases.map((each) => each.case));
  return {
    required: required.length,
    killed: required.filter(({ id }) => killed.has(id)).length,
    excused: required.filter(({ id }) => excused.has(id) && !killed.has(id)).length,
    gaps: [
      ...required
        .filter(({ id }) => !killed.has(id) && !excused.has(id))
        .map(({ id }) => `${id} has no mutant that a case of it catches, and no reason`),
      ...[...new Set(results.map(({ clause }) => clause))]
        .filter((id) => !clauses.has(id))
        .map((id) => `${id} is broken by a mutant and is no clause`),
      ...casesWithoutKill
        .filter((id) => !excusedCases.has(id))
        .map((id) => `the case ${id} catches no mutant, and there is no reason`),
      ...unkilled.clauses.flatMap(({ clause }) =>
        staleEntry(clause, stalenessOfClause(clause, { clauses, cited, killed })),
      ),
      ...unkilled.cases.flatMap((entry) => staleEntry(entry.case, stalenessOfCase(entry.case, requiredCases, killers))),
    ],
    requiredCases: requiredCases.length,
    casesWithoutKill,
  };
}

function staleEntry(id: string, fault: string | undefined): string[] {
  return fault === undefined ? [] : [`${id} is in unkilled.json and ${fault}: remove the entry`];
}

function stalenessOfCase(id: string, required: readonly string[], killers: ReadonlySet<string>): string | undefined {
  if (!required.includes(id)) return "is no case of a required clause";
  return killers.has(id) ? "catches a mutant" : undefined;
}

function stalenessOfClause(
  id: string,
  known: { readonly clauses: ClauseIndex; readonly cited: ReadonlySet<string>; readonly killed: ReadonlySet<string> },
): string | undefined {
  const clause = known.clauses.get(id);
  if (clause === undefined) return "is no clause";
  if (!isRequired(clause)) return "requires nothing";
  if (!known.cited.has(id)) return "has no case";
  return known.killed.has(id) ? "has a mutant that is caught" : undefined;
}
