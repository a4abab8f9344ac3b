import type { Clause } from "../clauses/clause.ts";
import type { CellResult } from "./run-cell.ts";

/** What a matrix came out as, for every report. */
export interface MatrixReport {
  readonly format: 1;
  readonly cells: readonly CellResult[];
  /** The sentence of every clause that a cell rests on. */
  readonly clauses: Readonly<Record<string, string>>;
}

export function matrixReport(cells: readonly CellResult[], clauses: ReadonlyMap<string, Clause>): MatrixReport {
  const ids = new Set(cells.flatMap((result) => result.expected.clauses));
  const sentences = [...ids].map((id) => [id, clauses.get(id)?.sentence ?? ""] as const);
  return { format: 1, cells, clauses: Object.fromEntries(sentences) };
}
