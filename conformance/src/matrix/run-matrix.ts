import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startAgentByCommand } from "../attach/agent-by-command.ts";
import type { Command } from "../attach/process-group.ts";
import type { ServerTarget } from "../attach/target.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "../attach/temporary-directory.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import type { Cell } from "./cell.ts";
import { installCellServer } from "./cell-server.ts";
import { type CellResult, runCell } from "./run-cell.ts";

/** What a matrix is run with. */
export interface MatrixRun {
  readonly cells: readonly Cell[];
  /** The command that starts an agent of a version; see the attachment by command. */
  readonly agentCommand: (version: number) => Command;
  readonly server: ServerTarget;
  /** How many agents are looked at at once. */
  readonly jobs: number;
  readonly patienceMs: number;
  readonly onResult?: (result: CellResult) => void;
}

/** When the files of the two servers were modified: two times, the later one first, so that nothing rests on which is newer. */
export const MODIFIED = { one: new Date("2026-01-02T03:04:05Z"), two: new Date("2025-06-07T08:09:10Z") };

/**
 * Runs every cell. Each agent runs once, with two servers, and its cells one after another: two of them in one instance at a time would
 * not know whose files they see. State is kept apart by addresses and InstanceIds that no other cell of the agent has.
 *
 * @throws {TargetUnreachable} when an agent or the server cannot be started or driven.
 */
export async function runMatrix(run: MatrixRun): Promise<CellResult[]> {
  const versions = [...new Set(run.cells.map((cell) => cell.agentVersion))];
  const results = new Map<Cell, CellResult>();
  const waiting = [...versions];
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let version = waiting.shift(); version !== undefined && failures.length === 0; version = waiting.shift()) {
      try {
        await runAgent(run, version, results);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: run.jobs }, work));
  if (failures.length > 0) throw failures[0];
  return run.cells.map((cell) => results.get(cell) as CellResult);
}

async function runAgent(run: MatrixRun, version: number, results: Map<Cell, CellResult>): Promise<void> {
  const { server, patienceMs } = run;
  const directory = makeTemporaryDirectory("berth-matrix-");
  const agent = await startAgentByCommand({ command: run.agentCommand(version), patienceMs });
  try {
    const servers = [
      await installCellServer(server, "one", MODIFIED.one, directory),
      await installCellServer(server, "two", MODIFIED.two, directory),
    ] as const;
    const cells = run.cells.filter((cell) => cell.agentVersion === version);
    for (const [index, cell] of cells.entries()) {
      const place = join(directory, `cell-${index}`);
      await mkdir(place);
      const result = await runCell(cell, {
        agent: agent.address,
        servers,
        addresses: [addressOf(2 * index), addressOf(2 * index + 1)],
        instanceIds: [`cell ${index} one`, `cell ${index} two`],
        directory: place,
        patienceMs,
      });
      results.set(cell, result);
      run.onResult?.(result);
    }
  } finally {
    await agent.stop();
    await removeTemporaryDirectory(directory);
  }
}

/** The addresses of the loopback range from 127.1.0.1 on; every one is this machine. */
function addressOf(number: number): string {
  if (number >= 0xffff) throw new TargetUnreachable("there are more cells than addresses");
  const next = number + 1;
  return `127.1.${next >> 8}.${next & 0xff}`;
}
