import type { Cell } from "./cell.ts";
import type { CellResult } from "./run-cell.ts";

const CELL = { width: 18, height: 22 } as const;
const MARGIN = 16;
const LABELS_WIDTH = 250;
const HEADER_HEIGHT = 84;
const GROUP_GAP = 14;
const LEGEND_HEIGHT = 44;

/** What each outcome looks like: never by its colour alone. Coordinates are those within a cell. */
const SHAPES = {
  isolated: '<path d="M3 7h5v8H3zM10 7h5v8h-5z"/>',
  shared: '<path d="M5 7h8v8H5z"/>',
  refused: '<path d="M3 10h12v2H3z"/>',
  unclear: '<path d="M8 6h2v7H8zM8 15h2v2H8z"/>',
} as const;
const LEGEND = [
  ["isolated", "each server has its own files"],
  ["shared", "they have one set of files between them"],
  ["refused", "one is turned away, with the reason"],
] as const;

/** The matrix as one SVG picture: products and agents across, addresses and InstanceIds down; a cell that differs has a frame. */
export function matrixPicture(results: readonly CellResult[]): string {
  const groups = [...Map.groupBy(results, ({ cell }) => `${cell.product} ${cell.productVersion}`)];
  const rows = [...new Set(results.map(({ cell }) => rowOf(cell)))];
  const columns = [...new Map(results.map(({ cell }) => [columnOf(cell), cell]))].sort(
    ([, one], [, other]) =>
      Number(one.serverIdentity) - Number(other.serverIdentity) || one.agentVersion - other.agentVersion,
  );
  const groupWidth = columns.length * CELL.width;
  const width = 2 * MARGIN + LABELS_WIDTH + groups.length * (groupWidth + GROUP_GAP) - GROUP_GAP;
  const height = HEADER_HEIGHT + rows.length * CELL.height + LEGEND_HEIGHT;
  const rowY = (row: number): number => HEADER_HEIGHT + row * CELL.height;

  const labels = rows.map((row, index) => text(MARGIN, rowY(index) + 15, escaped(row)));
  const drawn = groups.map(([heading, ofGroup], index) => {
    const left = MARGIN + LABELS_WIDTH + index * (groupWidth + GROUP_GAP);
    const byPlace = new Map(ofGroup.map((each) => [`${rowOf(each.cell)}|${columnOf(each.cell)}`, each]));
    const withIdentity = columns.findIndex(([, cell]) => cell.serverIdentity);
    return [
      text(left, 30, escaped(heading), "product"),
      ...(withIdentity < 0 ? [] : [text(left + withIdentity * CELL.width, 50, "+ identity", "soft")]),
      ...columns.map(([, cell], column) =>
        text(left + (column + 0.5) * CELL.width, 70, String(cell.agentVersion), "version"),
      ),
      ...rows.flatMap((row, rowIndex) =>
        columns.map(([column], columnIndex) =>
          picturedCell(byPlace.get(`${row}|${column}`), left + columnIndex * CELL.width, rowY(rowIndex)),
        ),
      ),
    ].join("\n");
  });
  const legend = LEGEND.map(([outcome, meaning], index) => {
    const left = MARGIN + index * 360;
    return `${shape(outcome, left, height - 30)}${text(left + 26, height - 15, `<tspan class="product">${outcome}</tspan>: ${meaning}`)}`;
  });

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Which pairs of server and agent versions isolate two servers, which share, which refuse</title>
<style>${STYLE}</style>
<rect class="paper" width="${width}" height="${height}" rx="6"/>
${text(MARGIN, 30, "server", "soft")}
${text(MARGIN, 70, "agent version", "soft")}
${[...labels, ...drawn, ...legend].join("\n")}
</svg>
`;
}

function picturedCell(result: CellResult | undefined, left: number, top: number): string {
  if (result === undefined) return "";
  const frame = result.agrees
    ? ""
    : `<rect class="differs" x="${left + 1}" y="${top + 1}" width="${CELL.width - 2}" height="${CELL.height - 2}"/>`;
  return shape(result.observed.outcome, left, top) + frame;
}

function shape(outcome: keyof typeof SHAPES, left: number, top: number): string {
  return `<g class="${outcome}" transform="translate(${left} ${top})"><rect width="${CELL.width - 1}" height="${CELL.height - 1}"/>${SHAPES[outcome]}</g>`;
}

function rowOf({ constellation, instanceIds }: Cell): string {
  if (constellation === "one server") return `one server, InstanceId ${instanceIds === "unique" ? "set" : "unset"}`;
  return `${constellation}, InstanceId ${instanceIds}`;
}

function columnOf({ agentVersion, serverIdentity }: Cell): string {
  return `${agentVersion}${serverIdentity ? "+" : ""}`;
}

function text(left: number, top: number, content: string, style = "label"): string {
  return `<text class="${style}" x="${left}" y="${top}">${content}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #1b1f24; }
.product { font-weight: 600; } .soft { fill: #57606a; font-size: 11px; } .version { font-size: 10px; text-anchor: middle; }
.paper { fill: #ffffff; } .differs { fill: none; stroke: #cf222e; stroke-width: 2; }
.isolated rect { fill: #aceebb; } .isolated path { fill: #116329; }
.shared rect { fill: #fae17d; } .shared path { fill: #6a4d00; }
.refused rect { fill: #b6e3ff; } .refused path { fill: #0550ae; }
.unclear rect { fill: #d0d7de; } .unclear path { fill: #1b1f24; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .soft { fill: #9da7b3; } .paper { fill: #0d1117; } .differs { stroke: #ff7b72; }
  .isolated rect { fill: #12351f; } .isolated path { fill: #7ee787; }
  .shared rect { fill: #4d3d0a; } .shared path { fill: #f2cc60; }
  .refused rect { fill: #0c2d4a; } .refused path { fill: #9ecbff; }
  .unclear rect { fill: #3d444d; } .unclear path { fill: #e6edf3; }
}`;
