import type { CellResult } from "./run-cell.ts";

/** How many cells came out how. */
export interface Tally {
  readonly agreeing: number;
  readonly differing: number;
  readonly notApplicable: number;
}

/** True for a cell that is not as the clauses say. */
export function differs({ agrees, notApplicable }: CellResult): boolean {
  return !agrees && notApplicable === undefined;
}

/** Counts cells. */
export function tallyOf(results: readonly CellResult[]): Tally {
  const differing = results.filter(differs).length;
  const agreeing = results.filter(({ agrees }) => agrees).length;
  return { agreeing, differing, notApplicable: results.length - agreeing - differing };
}

/** `90 cells as the clauses say, 0 different`, and where there are such: `, 40 not applicable`. */
export function tallyInWords({ agreeing, differing, notApplicable }: Tally): string {
  return `${agreeing} cells as the clauses say, ${differing} different${notApplicable > 0 ? `, ${notApplicable} not applicable` : ""}`;
}
