import type { Cell } from "./cell.ts";
import type { CellResult } from "./run-cell.ts";

const SIGNS = { isolated: "isolated", shared: "shared", refused: "refused", unclear: "?" } as const;
const COLUMN = 9;

/** The matrix as lines of text: agents across, everything else down; a cell that differs has a mark and is explained below. */
export function matrixTable(results: readonly CellResult[]): string[] {
  const versions = [...new Set(results.map(({ cell }) => cell.agentVersion))];
  const rows = Map.groupBy(results, ({ cell }) => rowOf(cell));
  const width = Math.max(...[...rows.keys()].map((row) => row.length));
  const lines: string[] = [];
  let product = "";
  for (const [row, ofRow] of rows) {
    const first = ofRow[0]?.cell;
    const heading = `${first?.product} ${first?.productVersion}`;
    if (heading !== product) {
      product = heading;
      lines.push("", heading.padEnd(width + 4) + versions.map((version) => String(version).padEnd(COLUMN)).join(" "));
    }
    const cells = versions.map((version) => signOf(ofRow.find(({ cell }) => cell.agentVersion === version)));
    lines.push(`  ${row.slice(row.indexOf("|") + 1).padEnd(width + 2)}${cells.join(" ")}`.trimEnd());
  }
  const differing = results.filter(({ agrees }) => !agrees);
  for (const { id, difference } of differing) lines.push("", `✗ ${id}`, `    ${difference}`);
  lines.push("", `${results.length - differing.length} cells as the clauses say, ${differing.length} different`);
  return lines;
}

function rowOf({ product, productVersion, constellation, instanceIds, serverIdentity }: Cell): string {
  const ids = constellation === "one server" && instanceIds === "unique" ? "set" : instanceIds;
  return `${product} ${productVersion}|${constellation}, InstanceId ${ids}${serverIdentity ? ", server-identity" : ""}`;
}

function signOf(result: CellResult | undefined): string {
  if (result === undefined) return "–".padEnd(COLUMN);
  return `${result.agrees ? "" : "✗"}${SIGNS[result.observed.outcome]}`.padEnd(COLUMN);
}
