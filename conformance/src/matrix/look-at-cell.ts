import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StepResult } from "../attach/target.ts";
import type { Cell } from "./cell.ts";
import type { CellServer } from "./cell-server.ts";
import { type Expectation, expectationOf } from "./expectation.ts";
import { type Greeted, type Observation, observeOne, observeTwo } from "./observation.ts";

/** One server of a cell, ready to reach the agent by whatever way the cell asks for. */
export interface CellSide {
  readonly server: CellServer;
  /** What the agent answered its last greeting. */
  greeted(): Promise<Greeted | undefined>;
}

/** Where and how patiently a cell is looked at. */
export interface CellView {
  /** For files by which a held operation and the cell tell each other how far they are; on the agent's machine too, under the same path. */
  readonly directory: string;
  readonly patienceMs: number;
}

/** What the clauses say of a cell, and what was seen of it. */
export interface CellSeen {
  readonly expected: Expectation;
  readonly observed: Observation;
  readonly agrees: boolean;
  /** Why it does not agree, in words. */
  readonly difference?: string;
}

/** Runs the servers of a cell against its agent, and holds what is seen against the clauses. */
export async function lookAtCell(
  cell: Cell,
  [first, second]: readonly [CellSide, CellSide?],
  view: CellView,
): Promise<CellSeen> {
  return judged(cell, await (second === undefined ? lookAtOne(first) : lookAtTwo(first, second, view)));
}

/** What was seen, and what of it cannot be where the outcome is as it seems. */
interface Findings {
  readonly observed: Observation;
  readonly contradiction: string | undefined;
}

async function lookAtOne({ server, greeted }: CellSide): Promise<Findings> {
  const result = await server.run("show");
  const observed = observeOne(await greeted());
  return { observed, contradiction: observed.outcome === "refused" ? undefined : sees(server, result, server.marker) };
}

/**
 * While an operation of the first server runs, the second brings its own files and runs one: nothing is left to luck. What the held
 * operation then reads tells whether the two share a tree that is updated in place, share an instance with generations, or share nothing.
 */
async function lookAtTwo(first: CellSide, second: CellSide, view: CellView): Promise<Findings> {
  const ready = join(view.directory, "ready");
  const go = join(view.directory, "go");
  const held = first.server.begin("hold", ready, go);
  let heldEnd: StepResult | undefined;
  void held.ended.then(
    (end) => {
      heldEnd = end;
    },
    () => undefined,
  );
  await untilTrue(() => existsSync(ready) || heldEnd !== undefined, view.patienceMs);
  const shown = await second.server.run("show");
  await writeFile(go, "");
  const end = await held.ended;

  const observed = observeTwo(await first.greeted(), await second.greeted());
  if (observed.outcome === "refused" || observed.outcome === "unclear") return { observed, contradiction: undefined };
  const inPlace = observed.outcome === "shared" && first.server.marker !== end.stdout.trim();
  const words = `${observed.words}; the first server's running operation reads ${inPlace ? "the second's" : "its own"} files`;
  return {
    observed: { ...observed, words },
    contradiction:
      sees(second.server, shown, second.server.marker) ??
      sees(first.server, end, inPlace ? second.server.marker : first.server.marker),
  };
}

function sees(
  { marker: who }: CellServer,
  { exitCode, stdout, stderr }: StepResult,
  marker: string,
): string | undefined {
  if (exitCode === 0 && stdout.trim() === marker) return undefined;
  return `the operation of ${who} ended with ${exitCode} and wrote "${stdout.trim()}", not "${marker}" ${stderr.trim()}`.trim();
}

function judged(cell: Cell, { observed, contradiction }: Findings): CellSeen {
  const expected = expectationOf(cell);
  const difference =
    observed.outcome === expected.outcome
      ? contradiction && `${expected.outcome} by the greetings (${expected.clauses.join(", ")}), but ${contradiction}`
      : `expected ${expected.outcome} (${expected.clauses.join(", ")}), observed ${observed.outcome}: ${observed.words}`;
  return { expected, observed, agrees: difference === undefined, ...(difference === undefined ? {} : { difference }) };
}

async function untilTrue(holds: () => boolean, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!holds() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}
