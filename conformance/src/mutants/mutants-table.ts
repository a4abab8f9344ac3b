import { isMet } from "../runner/outcome.ts";
import type { KillGate } from "./kill-gate.ts";
import type { ListedMutant, MutantResult } from "./mutant-result.ts";
import type { ReferenceResult } from "./run-mutants.ts";

/** The mutants that there are, one line each. */
export function listedMutants(mutants: readonly ListedMutant[]): string[] {
  const width = Math.max(0, ...mutants.map(({ id }) => id.length));
  return mutants.map(
    (each) => `${endOf(each).padEnd(8)}  ${each.clause.padEnd(8)}  ${each.id.padEnd(width)}  ${each.breaks}`,
  );
}

/** What became of the mutants: one line each, those that were not caught explained, and the count last. */
export function mutantsTable(results: readonly MutantResult[], gate: KillGate | undefined): string[] {
  const caught = results.filter(({ status }) => status === "killed").length;
  const width = Math.max(0, ...results.map(({ id }) => id.length));
  return [
    ...results.flatMap((each) => [mutantLine(each, width), ...explanation(each)]),
    "",
    ...(gate === undefined ? ["filtered run, proves nothing about the clauses"] : gateLines(gate)),
    `${caught} killed, ${results.length - caught} not`,
  ];
}

/** The cases that a reference, as it is, does not pass: nothing that a mutant does means anything then. */
export function referenceFaults(results: readonly ReferenceResult[]): string[] {
  return results.flatMap(({ reference, result: { id, outcome, failure, reason } }) =>
    outcome === "not-applicable" || isMet(outcome)
      ? []
      : [`the reference ${reference} does not pass ${id} (${outcome}): ${failure?.message ?? reason}`],
  );
}

/** Where a mutant met a case that slipped, which is the suite's own fault. */
export function suiteFaults(results: readonly MutantResult[]): string[] {
  return results.flatMap(({ id, cases }) =>
    cases
      .filter(({ outcome }) => outcome === "harness-error")
      .map((each) => `the suite is at fault in ${each.id} against ${id}: ${each.words}`),
  );
}

function mutantLine(each: MutantResult, width: number): string {
  const sign = each.status === "killed" ? "✓" : "✗";
  const kills = each.cases.filter((one) => one.kills).map((one) => one.id);
  const fate = each.status === "killed" ? kills.join(" ") : each.status;
  return `${sign} ${endOf(each).padEnd(8)}  ${each.clause.padEnd(8)}  ${each.id.padEnd(width)}  ${fate}`;
}

function explanation({ status, breaks, reason, cases, part }: MutantResult): string[] {
  switch (status) {
    case "killed":
      return [];
    case "unused":
      return [`    ${breaks}`, `    Nothing in ${part} that it replaces was used, so it broke nothing.`];
    case "unreachable":
      return [`    ${breaks}`, `    It could not be judged: ${reason}`];
    case "survived":
      return [
        `    ${breaks}`,
        ...cases.map((one) => `    ${one.outcome.padEnd(14)}  ${one.id}  ${one.clause ?? ""} ${one.words}`),
      ];
  }
}

function gateLines({ required, killed, excused, gaps, requiredCases, casesWithoutKill }: KillGate): string[] {
  return [
    ...gaps,
    `${requiredCases - casesWithoutKill.length} of ${requiredCases} cases of required clauses kill a mutant`,
    `${required} required clauses with a case: ${killed} with a mutant that is caught, ${excused} without, with a reason, ${gaps.length} gaps`,
  ];
}

function endOf({ end, agentVersion }: ListedMutant): string {
  return agentVersion === undefined ? end : `${end} ${agentVersion}`;
}
