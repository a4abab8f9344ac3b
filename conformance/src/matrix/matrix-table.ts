import type { Cell } from "./cell.ts";
import type { CellResult } from "./run-cell.ts";
import { differs, tallyInWords, tallyOf } from "./tally.ts";

const SIGNS = { isolated: "isolated", shared: "shared", refused: "refused", unclear: "?" } as const;
const COLUMN = 9;

/** The matrix as lines of text: agents across, everything else down; a cell that differs has a mark and is explained below. */
export function matrixTable(results: readonly CellResult[]): string[] {
  const agents = [...new Set(results.map(({ cell }) => agentOf(cell)))];
  const column = Math.max(COLUMN, ...agents.map((agent) => agent.length));
  const rows = Map.groupBy(results, ({ cell }) => rowOf(cell));
  const width = Math.max(...[...rows.keys()].map((row) => row.length));
  const lines: string[] = [];
  let server = "";
  for (const [row, ofRow] of rows) {
    const heading = row.slice(0, row.indexOf("|"));
    if (heading !== server) {
      server = heading;
      lines.push("", heading.padEnd(width + 4) + agents.map((agent) => agent.padEnd(column)).join(" "));
    }
    const cells = agents.map((agent) => signOf(ofRow.find(({ cell }) => agentOf(cell) === agent)).padEnd(column));
    lines.push(`  ${row.slice(row.indexOf("|") + 1).padEnd(width + 2)}${cells.join(" ")}`.trimEnd());
  }
  lines.push(...differencesOf(results), ...reasonsOf(results), ...pairsOf(results), "", tallyInWords(tallyOf(results)));
  return lines;
}

/** What differs, and why; an implementation that could not be run is told of once, and not in all of its cells. */
function differencesOf(results: readonly CellResult[]): string[] {
  const groups = Map.groupBy(results.filter(differs), ({ id, cell, observed: { outcome, words } }) =>
    isNamed(cell) && outcome === "unclear" ? `${pairOf(cell)}|${words}` : id,
  );
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    if (more.length === 0) return ["", `✗ ${first.id}`, `    ${first.difference}`];
    const words = first.observed.words.replaceAll("\n", "\n    ");
    return ["", `✗ ${first.id} and ${more.length} more of ${pairOf(first.cell)}`, `    ${words}`];
  });
}

/** Why cells are not applicable, each reason once for each pair. */
function reasonsOf(results: readonly CellResult[]): string[] {
  const without = results.filter(({ notApplicable }) => notApplicable !== undefined);
  const byReason = Map.groupBy(without, ({ cell, notApplicable }) => `${pairOf(cell)}: ${notApplicable}`);
  return [...byReason].flatMap(([reason, cells]) => ["", `${cells.length} not applicable to ${reason}`]);
}

/** What each pair of implementations comes to, where there are several. */
function pairsOf(results: readonly CellResult[]): string[] {
  const pairs = Map.groupBy(results, ({ cell }) => pairOf(cell));
  if (pairs.size === 1 || !results.some(({ cell }) => isNamed(cell))) return [];
  const width = Math.max(...[...pairs.keys()].map((pair) => pair.length));
  return ["", ...[...pairs].map(([pair, ofPair]) => `${pair.padEnd(width)}  ${tallyInWords(tallyOf(ofPair))}`)];
}

function pairOf(cell: Cell): string {
  return `${cell.server === undefined ? "" : `${cell.server} with `}agent ${agentOf(cell)}`;
}

function isNamed({ server, agent }: Cell): boolean {
  return server !== undefined || agent !== undefined;
}

function agentOf({ agent, agentVersion }: Cell): string {
  return agent === undefined ? String(agentVersion) : `${agent} ${agentVersion}`;
}

function rowOf({ server, product, productVersion, constellation, instanceIds, serverIdentity }: Cell): string {
  const ids = constellation === "one server" && instanceIds === "unique" ? "set" : instanceIds;
  const heading = `${server === undefined ? "" : `${server}: `}${product} ${productVersion}`;
  return `${heading}|${constellation}, InstanceId ${ids}${serverIdentity ? ", server-identity" : ""}`;
}

function signOf(result: CellResult | undefined): string {
  if (result === undefined) return "–";
  if (result.notApplicable !== undefined) return "n/a";
  return `${result.agrees ? "" : "✗"}${SIGNS[result.observed.outcome]}`;
}
