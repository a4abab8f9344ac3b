import type { Command } from "../attach/process-group.ts";
import type { ServerTarget } from "../attach/target.ts";
import { allCells, type Cell, type Names } from "./cell.ts";

/** An agent of the matrix, in one version or in several. */
export interface AgentImplementation {
  /** What it is called; nothing where it needs no name. */
  readonly name?: string;
  readonly versions: readonly number[];
  /** The command that starts it; see the attachment by command. */
  readonly commandOf: (version: number) => Command;
  /** Why it cannot be run at all, as a sentence. */
  readonly problem?: string;
}

/** A server of the matrix, which is every product in turn. */
export interface ServerImplementation {
  /** What it is called; nothing where it needs no name. */
  readonly name?: string;
  readonly target: ServerTarget;
  /** Why it cannot be run at all, as a sentence. */
  readonly problem?: string;
}

/** One server's cells with one agent of one version. */
export interface Pairing {
  readonly server: ServerImplementation;
  readonly agent: AgentImplementation;
  readonly agentVersion: number;
  readonly cells: readonly Cell[];
}

/** Every server with every agent in every version, and the cells of each that `isWanted` keeps; a pairing without one is left out. */
export function pairingsOf(
  servers: readonly ServerImplementation[],
  agents: readonly AgentImplementation[],
  isWanted: (cell: Cell) => boolean = () => true,
): Pairing[] {
  const named = servers.length > 1 || agents.length > 1;
  return servers
    .flatMap((server) =>
      agents.flatMap((agent) =>
        agent.versions.map((agentVersion) => {
          const names = named ? namesOf(server, agent) : {};
          return { server, agent, agentVersion, cells: allCells([agentVersion], names).filter(isWanted) };
        }),
      ),
    )
    .filter(({ cells }) => cells.length > 0);
}

/** The cells of pairings as they are read: server by server, product by product, agent by agent. */
export function cellsInOrder(pairings: readonly Pairing[]): Cell[] {
  const byServer = Map.groupBy(pairings, ({ server }) => server);
  return [...byServer.values()].flatMap((ofServer) => {
    const cells = ofServer.flatMap((pairing) => pairing.cells);
    return [...Map.groupBy(cells, ({ product, productVersion }) => `${product} ${productVersion}`).values()].flat();
  });
}

function namesOf(server: ServerImplementation, agent: AgentImplementation): Names {
  return {
    ...(server.name === undefined ? {} : { server: server.name }),
    ...(agent.name === undefined ? {} : { agent: agent.name }),
  };
}
