import { startWireTap, type WireTap } from "../network/wire-tap.ts";
import { startTranscript, type TranscriptEntry } from "../report/transcript.ts";
import { type Cell, cellId, instanceIdOf } from "./cell.ts";
import type { CellServer } from "./cell-server.ts";
import { type CellSeen, type CellSide, type CellView, lookAtCell } from "./look-at-cell.ts";
import { type Greeted, greetedOf } from "./observation.ts";

/** What a cell is run with. */
export interface CellSurroundings extends CellView {
  /** `host:port` of the agent. */
  readonly agent: string;
  readonly servers: readonly [CellServer, CellServer];
  /** Two addresses on this machine that no other cell of this agent has, such as `127.0.1.2`. */
  readonly addresses: readonly [string, string];
  /** Two InstanceIds that no other cell of this agent has. */
  readonly instanceIds: readonly [string, string];
}

/** A cell with what the clauses say and what was seen. */
export interface CellResult extends CellSeen {
  readonly id: string;
  readonly cell: Cell;
  /** Why nothing can be asked of these implementations here; such a cell neither agrees nor differs. */
  readonly notApplicable?: string;
  readonly transcript: readonly TranscriptEntry[];
}

/** Runs one cell over real sockets, each server behind a tap that reads along and chooses its address. */
export async function runCell(cell: Cell, surroundings: CellSurroundings): Promise<CellResult> {
  const { servers, addresses, instanceIds } = surroundings;
  const transcript = startTranscript();
  const taps: WireTap[] = [];
  const open = async (index: 0 | 1): Promise<CellSide> => {
    const sourceAddress = cell.constellation === "two addresses" ? addresses[index] : addresses[0];
    const server = servers[index];
    let greeted: Greeted | undefined;
    const tap = await startWireTap({
      target: surroundings.agent,
      sourceAddress,
      peer: `${server.marker} (${sourceAddress})`,
      transcript,
      onMessage: (method, direction, message) => {
        if (method === "Negotiate" && direction === "received") greeted = greetedOf(message) ?? greeted;
      },
    });
    taps.push(tap);
    await server.prepare(cell, instanceIdOf(cell, index, instanceIds), tap.address);
    return { server, greeted: async () => greeted };
  };

  try {
    const first = await open(0);
    const second = cell.constellation === "one server" ? undefined : await open(1);
    const seen = await lookAtCell(cell, [first, second], surroundings);
    return { id: cellId(cell), cell, ...seen, transcript: transcript.entries() };
  } finally {
    for (const tap of taps) await tap.close();
  }
}
