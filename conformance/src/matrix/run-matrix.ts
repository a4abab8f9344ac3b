import { TargetUnreachable } from "../runner/failure.ts";
import type { Cell } from "./cell.ts";
import { cellNotRun } from "./cell-not-run.ts";
import { cellsInOrder, type Pairing } from "./implementation.ts";
import type { CellResult } from "./run-cell.ts";
import { runPairing } from "./run-pairing.ts";

/** What a matrix is run with. */
export interface MatrixRun {
  readonly pairings: readonly Pairing[];
  /** How many pairings are looked at at once. */
  readonly jobs: number;
  readonly patienceMs: number;
  readonly onResult?: (result: CellResult) => void;
  /** Told what is worth a word and makes no cell another one. */
  readonly onRemark?: (words: string) => void;
}

/**
 * Runs every cell. What cannot be started or driven makes its own cells differ, and the other implementations are gone on with.
 *
 * @throws {TargetUnreachable} when it is the only server or the only agent that cannot be started or driven: there is nothing to go on with.
 */
export async function runMatrix(run: MatrixRun): Promise<CellResult[]> {
  const alone = new Set(run.pairings.map(({ server }) => server)).size === 1 && !hasSeveralAgents(run.pairings);
  const results = new Map<Cell, CellResult>();
  const note = (result: CellResult): void => {
    results.set(result.cell, result);
    run.onResult?.(result);
  };
  const waiting = [...run.pairings];
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let pairing = waiting.shift(); pairing !== undefined && failures.length === 0; pairing = waiting.shift()) {
      try {
        await runPairing({ ...run, pairing, onResult: note });
      } catch (error) {
        if (alone || !(error instanceof TargetUnreachable)) failures.push(error);
        else giveUp(run, pairing, results, error.message, note);
      }
    }
  };
  await Promise.all(Array.from({ length: run.jobs }, work));
  if (failures.length > 0) throw failures[0];
  return cellsInOrder(run.pairings).map((cell) => results.get(cell) as CellResult);
}

function hasSeveralAgents(pairings: readonly Pairing[]): boolean {
  return new Set(pairings.map(({ agent }) => agent)).size > 1;
}

function giveUp(
  { onRemark }: MatrixRun,
  { cells }: Pairing,
  results: ReadonlyMap<Cell, CellResult>,
  reason: string,
  note: (result: CellResult) => void,
): void {
  const left = cells.filter((cell) => !results.has(cell));
  for (const cell of left) note(cellNotRun(cell, reason));
  if (left.length === 0) onRemark?.(reason);
}
