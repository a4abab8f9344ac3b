import { readFileSync } from "node:fs";
import { z } from "zod";
import type { CaseRecord } from "../case.ts";
import { isRequired } from "../clauses/clause.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { packageFile } from "../package-file.ts";
import { caseLevel, isRequiredLevel } from "../runner/case-level.ts";
import type { MutantResult } from "./mutant-result.ts";

const file = z.array(
  z.strictObject({ clause: z.string().min(1), reason: z.string().min(1), shownBy: z.string().min(1) }),
);

/** Why no mutant of a required clause is killed, and what shows instead that its cases can fail. */
export type UnkilledClause = z.infer<typeof file>[number];

/** Reads `mutants/unkilled-clauses.json`. Throws when it is not in its form. */
export function readUnkilledClauses(): UnkilledClause[] {
  return file.parse(JSON.parse(readFileSync(packageFile("mutants/unkilled-clauses.json"), "utf8")));
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
  /** The cases of required clauses that killed no mutant, for those who want to write more. */
  readonly casesWithoutKill: readonly string[];
  readonly requiredCases: number;
}

/** Holds the kills against the clauses, both ways: no required clause with a case and neither a kill nor a reason, and no stale reason. */
export function killGate(
  clauses: ClauseIndex,
  cases: readonly CaseRecord[],
  results: readonly MutantResult[],
  unkilled: readonly UnkilledClause[],
): KillGate {
  const cited = new Set(cases.flatMap((each) => each.clauses));
  const killed = new Set(results.filter(({ status }) => status === "killed").map(({ clause }) => clause));
  const excused = new Set(unkilled.map(({ clause }) => clause));
  const required = [...clauses.values()].filter((clause) => isRequired(clause) && cited.has(clause.id));
  const killers = new Set(results.flatMap((each) => each.cases.filter(({ kills }) => kills).map(({ id }) => id)));
  const requiredCases = cases.filter((each) => isRequiredLevel(caseLevel(each, clauses)));
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
      ...unkilled.flatMap(({ clause }) => {
        const fault = staleness(clause, { clauses, cited, killed });
        return fault === undefined ? [] : [`${clause} is in unkilled-clauses.json and ${fault}: remove the entry`];
      }),
    ],
    casesWithoutKill: requiredCases.filter(({ id }) => !killers.has(id)).map(({ id }) => id),
    requiredCases: requiredCases.length,
  };
}

function staleness(
  id: string,
  known: { readonly clauses: ClauseIndex; readonly cited: ReadonlySet<string>; readonly killed: ReadonlySet<string> },
): string | undefined {
  const clause = known.clauses.get(id);
  if (clause === undefined) return "is no clause";
  if (!isRequired(clause)) return "requires nothing";
  if (!known.cited.has(id)) return "has no case";
  return known.killed.has(id) ? "has a mutant that is caught" : undefined;
}
