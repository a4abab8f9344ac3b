import { type Cell, cellId } from "./cell.ts";
import { expectationOf } from "./expectation.ts";
import type { CellResult } from "./run-cell.ts";

/** A cell that could not be run through the fault of one of its two implementations: it differs, and `reason` says why in a sentence. */
export function cellNotRun(cell: Cell, reason: string): CellResult {
  const expected = expectationOf(cell);
  return {
    id: cellId(cell),
    cell,
    expected,
    observed: { outcome: "unclear", words: reason },
    agrees: false,
    difference: `expected ${expected.outcome} (${expected.clauses.join(", ")}), but ${reason}`,
    transcript: [],
  };
}

/** A cell that one of its two implementations need not answer, with the reason. */
export function cellNotApplicable(cell: Cell, reason: string): CellResult {
  return {
    id: cellId(cell),
    cell,
    expected: expectationOf(cell),
    observed: { outcome: "unclear", words: reason },
    agrees: false,
    notApplicable: reason,
    transcript: [],
  };
}
