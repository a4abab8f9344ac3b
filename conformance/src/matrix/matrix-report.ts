import type { Clause } from "../clauses/clause.ts";
import type { CellResult } from "./run-cell.ts";

/** The version of the form of matrix.json; it grows when a reader could misunderstand. */
export const MATRIX_FORMAT_VERSION = 1;

/** What a matrix came out as, for every report. */
export interface MatrixReport {
  readonly format: typeof MATRIX_FORMAT_VERSION;
  readonly cells: readonly CellResult[];
  /** The sentence of every clause that a cell rests on. */
  readonly clauses: Readonly<Record<string, string>>;
}

export function matrixReport(cells: readonly CellResult[], clauses: ReadonlyMap<string, Clause>): MatrixReport {
  const ids = new Set(cells.flatMap((result) => result.expected.clauses));
  const sentences = [...ids].map((id) => [id, clauses.get(id)?.sentence ?? ""] as const);
  return { format: MATRIX_FORMAT_VERSION, cells: cells.map(withoutRule), clauses: Object.fromEntries(sentences) };
}

/** What decided the cell is in its words and clauses; the conditions of the rule are the suite's own. */
function withoutRule({ expected: { outcome, clauses, because }, ...rest }: CellResult): CellResult {
  return { ...rest, expected: { outcome, clauses, because } };
}
