import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startAgentByCommand } from "../attach/agent-by-command.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "../attach/temporary-directory.ts";
import { ConformanceFailure, NotApplicable, TargetUnreachable } from "../runner/failure.ts";
import { type AgentSays, askAgent, SERVER_IDENTITY } from "./ask-agent.ts";
import { type Cell, cellId } from "./cell.ts";
import { cellNotApplicable, cellNotRun } from "./cell-not-run.ts";
import { type CellServer, installCellServer } from "./cell-server.ts";
import type { Pairing } from "./implementation.ts";
import { MODIFIED } from "./matrix-material.ts";
import { type CellResult, runCell } from "./run-cell.ts";
import { differs } from "./tally.ts";

interface PairingRun {
  readonly pairing: Pairing;
  readonly patienceMs: number;
  readonly onResult: (result: CellResult) => void;
}

/**
 * Runs the cells of one server and one agent. The agent runs once, with two servers, and its cells one after another: two of them in one
 * instance at a time would not know whose files they see. State is kept apart by addresses and InstanceIds that no other cell has.
 *
 * @throws {TargetUnreachable} when the agent or the server cannot be started or driven; cells that were run before have their results.
 */
export async function runPairing(run: PairingRun): Promise<void> {
  const { server, agent, agentVersion, cells } = run.pairing;
  const problem = server.problem ?? agent.problem;
  if (problem !== undefined) throw new TargetUnreachable(problem);
  const { patienceMs } = run;
  const directory = makeTemporaryDirectory("berth-matrix-");
  try {
    const running = await startAgentByCommand({ command: agent.commandOf(agentVersion), patienceMs });
    try {
      const servers = [
        await installCellServer(server.target, "one", MODIFIED.one, directory),
        await installCellServer(server.target, "two", MODIFIED.two, directory),
      ] as const;
      await runCells(run, { cells, agent: running.address, servers, directory });
    } finally {
      await running.stop();
    }
  } finally {
    await removeTemporaryDirectory(directory);
  }
}

interface Place {
  readonly cells: readonly Cell[];
  readonly agent: string;
  readonly servers: readonly [CellServer, CellServer];
  readonly directory: string;
}

async function runCells(run: PairingRun, place: Place): Promise<void> {
  const { cells, agent, servers, directory } = place;
  const { patienceMs, onResult } = run;
  const said = await saidBy(agent, run);
  if (typeof said === "string") return cells.forEach((cell) => void onResult(cellNotRun(cell, said)));
  for (const [index, cell] of cells.entries()) {
    if (cell.serverIdentity && !said.serverIdentity) {
      onResult(cellNotApplicable(cell, `the agent does not serve ${SERVER_IDENTITY}`));
      continue;
    }
    const inside = join(directory, `cell-${index}`);
    await mkdir(inside);
    const surroundings = {
      agent,
      servers,
      addresses: [addressOf(2 * index), addressOf(2 * index + 1)],
      instanceIds: [`cell ${index} one`, `cell ${index} two`],
      directory: inside,
      patienceMs,
    } as const;
    const result = await runCell(cell, surroundings).catch((error: unknown) => withoutResult(cell, error));
    onResult(result);
    if (!differs(result)) continue;
    const now = await saidBy(agent, run);
    if (typeof now === "string") {
      // It would be waited for in every cell that is left.
      for (const left of cells.slice(index + 1)) onResult(cellNotRun(left, `${now}, since ${cellId(cell)}`));
      return;
    }
  }
}

/** What the agent says of itself; in a sentence when it says nothing, or is not of the version it is judged as. */
async function saidBy(address: string, { pairing, patienceMs }: PairingRun): Promise<AgentSays | string> {
  const { agent, agentVersion } = pairing;
  const who = `the agent \`${agent.commandOf(agentVersion).join(" ")}\``;
  const said = await askAgent(address, patienceMs);
  if (typeof said === "string") return `${who} does not answer Negotiate: ${said}`;
  if (said.agentVersion === agentVersion) return said;
  return `${who} announces version ${said.agentVersion}, and is to be judged as ${agentVersion}`;
}

/** What is for an implementation to answer for; everything else is thrown on. */
function withoutResult(cell: Cell, error: unknown): CellResult {
  if (error instanceof NotApplicable) return cellNotApplicable(cell, error.message);
  if (error instanceof ConformanceFailure) throw new TargetUnreachable(error.message); // a step that does not end: nor will the next
  throw error;
}

/** The addresses of the loopback range from 127.1.0.1 on; every one is this machine. */
function addressOf(number: number): string {
  if (number >= 0xffff) throw new TargetUnreachable("there are more cells than addresses");
  const next = number + 1;
  return `127.1.${next >> 8}.${next & 0xff}`;
}
