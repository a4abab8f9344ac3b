import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StepResult } from "../attach/target.ts";
import { startWireTap, type WireTap } from "../network/wire-tap.ts";
import { startTranscript, type TranscriptEntry } from "../report/transcript.ts";
import { type Cell, cellId } from "./cell.ts";
import type { CellServer } from "./cell-server.ts";
import { type Expectation, expectationOf } from "./expectation.ts";
import { type Greeted, greetedOf, type Observation, observeOne, observeTwo } from "./observation.ts";

/** What a cell is run with. */
export interface CellSurroundings {
  /** `host:port` of the agent. */
  readonly agent: string;
  readonly servers: readonly [CellServer, CellServer];
  /** Two addresses on this machine that no other cell of this agent has, such as `127.0.1.2`. */
  readonly addresses: readonly [string, string];
  /** Two InstanceIds that no other cell of this agent has. */
  readonly instanceIds: readonly [string, string];
  /** For files by which a held operation and the cell tell each other how far they are. */
  readonly directory: string;
  readonly patienceMs: number;
}

/** A cell with what the clauses say and what was seen. */
export interface CellResult {
  readonly id: string;
  readonly cell: Cell;
  readonly expected: Expectation;
  readonly observed: Observation;
  readonly agrees: boolean;
  /** Why it does not agree, in words. */
  readonly difference?: string;
  readonly transcript: readonly TranscriptEntry[];
}

/** One server behind its tap. */
interface Side {
  readonly server: CellServer;
  readonly tap: WireTap;
  greeted(): Greeted | undefined;
}

/** Runs one cell over real sockets. */
export async function runCell(cell: Cell, surroundings: CellSurroundings): Promise<CellResult> {
  const { servers, addresses, instanceIds } = surroundings;
  const transcript = startTranscript();
  const sides: Side[] = [];
  const open = async (index: 0 | 1): Promise<Side> => {
    const sourceAddress = cell.constellation === "two addresses" ? addresses[index] : addresses[0];
    const peer = `${servers[index].marker} (${sourceAddress})`;
    let greeted: Greeted | undefined;
    const tap = await startWireTap({
      target: surroundings.agent,
      sourceAddress,
      peer,
      transcript,
      onMessage: (method, direction, message) => {
        if (method === "Negotiate" && direction === "received") greeted = greetedOf(message) ?? greeted;
      },
    });
    const side = { server: servers[index], tap, greeted: () => greeted };
    sides.push(side);
    await side.server.prepare(cell, instanceIdOf(cell, index, instanceIds), tap.address);
    return side;
  };

  try {
    const first = await open(0);
    const findings =
      cell.constellation === "one server"
        ? await lookAtOne(first)
        : await lookAtTwo(first, await open(1), surroundings);
    return judged(cell, findings, transcript.entries());
  } finally {
    for (const { tap } of sides) await tap.close();
  }
}

function instanceIdOf({ instanceIds }: Cell, index: 0 | 1, unique: readonly [string, string]): string | undefined {
  switch (instanceIds) {
    case "unset":
      return undefined;
    case "unique":
      return unique[index];
    case "equal":
      return unique[0];
    case "one of two":
      return index === 0 ? unique[0] : undefined;
  }
}

/** What was seen, and what of it cannot be where the outcome is as it seems. */
interface Findings {
  readonly observed: Observation;
  readonly contradiction: string | undefined;
}

async function lookAtOne({ server, greeted }: Side): Promise<Findings> {
  const result = await server.run("show");
  const observed = observeOne(greeted());
  return { observed, contradiction: observed.outcome === "refused" ? undefined : sees(server, result, server.marker) };
}

/**
 * While an operation of the first server runs, the second brings its own files and runs one: nothing is left to luck. What the held
 * operation then reads tells whether the two share a tree that is updated in place, share an instance with generations, or share nothing.
 */
async function lookAtTwo(first: Side, second: Side, surroundings: CellSurroundings): Promise<Findings> {
  const ready = join(surroundings.directory, "ready");
  const go = join(surroundings.directory, "go");
  const held = first.server.begin("hold", ready, go);
  let heldEnd: StepResult | undefined;
  void held.ended.then(
    (end) => {
      heldEnd = end;
    },
    () => undefined,
  );
  await untilTrue(() => existsSync(ready) || heldEnd !== undefined, surroundings.patienceMs);
  const shown = await second.server.run("show");
  await writeFile(go, "");
  const end = await held.ended;

  const observed = observeTwo(first.greeted(), second.greeted());
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

function judged(cell: Cell, { observed, contradiction }: Findings, transcript: readonly TranscriptEntry[]): CellResult {
  const expected = expectationOf(cell);
  const id = cellId(cell);
  const difference =
    observed.outcome === expected.outcome
      ? contradiction && `${expected.outcome} by the greetings (${expected.clauses.join(", ")}), but ${contradiction}`
      : `expected ${expected.outcome} (${expected.clauses.join(", ")}), observed ${observed.outcome}: ${observed.words}`;
  return {
    id,
    cell,
    expected,
    observed,
    agrees: difference === undefined,
    ...(difference === undefined ? {} : { difference }),
    transcript,
  };
}

async function untilTrue(holds: () => boolean, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!holds() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}
