import type { Cell } from "./cell.ts";
import type { CellResult } from "./run-cell.ts";
import { differs } from "./tally.ts";

const CELL = { width: 18, height: 22 } as const;
const MARGIN = 16;
const LABELS_WIDTH = 250;
const HEADER_HEIGHT = 84;
const GROUP_GAP = 14;
const LEGEND_HEIGHT = 44;
const BAND_HEADING = 30;
const BAND_GAP = 18;
/** Of a letter in the heading of a column, at most. */
const LETTER_WIDTH = 6.5;

/** What each outcome looks like: never by its colour alone. Coordinates are those within a cell. */
const SHAPES = {
  isolated: '<path d="M3 7h5v8H3zM10 7h5v8h-5z"/>',
  shared: '<path d="M5 7h8v8H5z"/>',
  refused: '<path d="M3 10h12v2H3z"/>',
  unclear: '<path d="M8 6h2v7H8zM8 15h2v2H8z"/>',
  "not-applicable": '<path d="M7 10h4v2H7z"/>',
} as const;
const LEGEND = [
  ["isolated", "each server has its own files"],
  ["shared", "they have one set of files between them"],
  ["refused", "one is turned away, with the reason"],
] as const;
const NOT_APPLICABLE = ["not-applicable", "nothing is asked"] as const;

type Column = readonly [key: string, cell: Cell];

/** The servers of one implementation in the picture: every product across. */
interface Band {
  readonly rows: readonly string[];
  readonly columns: readonly Column[];
  /** Where its first row is, in CSS pixels from the top. */
  readonly top: number;
}

/**
 * The matrix as one SVG picture: products and agents across, addresses and InstanceIds down; a cell that differs has a frame. Several
 * implementations of a server stand one below the other, those of an agent side by side.
 */
export function matrixPicture(results: readonly CellResult[]): string {
  const rows = [...new Set(results.map(({ cell }) => rowOf(cell)))];
  const columns = columnsOf(results);
  const bands = [...Map.groupBy(results, ({ cell }) => cell.server)];
  const products = new Set(results.map(({ cell }) => productOf(cell))).size;
  const headerHeight = HEADER_HEIGHT + roomForNames(columns);
  const bandHeight = headerHeight + rows.length * CELL.height + (bands.length > 1 ? BAND_HEADING : 0);
  const topOf = (band: number): number => band * (bandHeight + BAND_GAP);
  const width = 2 * MARGIN + LABELS_WIDTH + products * (columns.length * CELL.width + GROUP_GAP) - GROUP_GAP;
  const height = topOf(bands.length - 1) + bandHeight + LEGEND_HEIGHT;

  const drawn = bands.map(([server, ofServer], index) => {
    const heading = bands.length > 1 ? BAND_HEADING : 0;
    const name = heading > 0 ? [text(MARGIN, topOf(index) + 24, escaped(server ?? ""), "product")] : [];
    const top = topOf(index) + heading + headerHeight;
    return [...name, ...bandOf(ofServer, { rows, columns, top })];
  });
  const isAny = results.some(({ notApplicable }) => notApplicable !== undefined);
  const legend = [...LEGEND, ...(isAny ? [NOT_APPLICABLE] : [])].map(([outcome, meaning], index) => {
    const left = MARGIN + index * 360;
    return `${shape(outcome, left, height - 30)}${text(left + 26, height - 15, `<tspan class="product">${outcome}</tspan>: ${meaning}`)}`;
  });

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Which pairs of server and agent versions isolate two servers, which share, which refuse</title>
<style>${STYLE}${isAny ? STYLE_OF_NOT_APPLICABLE : ""}</style>
<rect class="paper" width="${width}" height="${height}" rx="6"/>
${[...drawn.flat(), ...legend].join("\n")}
</svg>
`;
}

function bandOf(results: readonly CellResult[], { rows, columns, top }: Band): string[] {
  const rowY = (row: number): number => top + row * CELL.height;
  const above = top - roomForNames(columns);
  const labels = [
    text(MARGIN, above - 54, "server", "soft"),
    text(MARGIN, top - 14, "agent version", "soft"),
    ...rows.map((row, index) => text(MARGIN, rowY(index) + 15, escaped(row))),
  ];
  const drawn = [...Map.groupBy(results, ({ cell }) => productOf(cell))].map(([heading, ofGroup], index) => {
    const left = MARGIN + LABELS_WIDTH + index * (columns.length * CELL.width + GROUP_GAP);
    const byPlace = new Map(ofGroup.map((each) => [`${rowOf(each.cell)}|${columnOf(each.cell)}`, each]));
    const withIdentity = columns.findIndex(([, cell]) => cell.serverIdentity);
    return [
      text(left, above - 54, escaped(heading), "product"),
      ...(withIdentity < 0 ? [] : [text(left + withIdentity * CELL.width, above - 34, "+ identity", "soft")]),
      ...columns.map(([, cell], column) => columnHeading(cell, left + (column + 0.5) * CELL.width, top - 14)),
      ...rows.flatMap((row, rowIndex) =>
        columns.map(([column], columnIndex) =>
          picturedCell(byPlace.get(`${row}|${column}`), left + columnIndex * CELL.width, rowY(rowIndex)),
        ),
      ),
    ].join("\n");
  });
  return [...labels, ...drawn];
}

/** By `server-identity@1`, then implementation by implementation as they were named, then by version. */
function columnsOf(results: readonly CellResult[]): Column[] {
  const agents = [...new Set(results.map(({ cell }) => cell.agent))];
  return [...new Map(results.map(({ cell }) => [columnOf(cell), cell]))].sort(
    ([, one], [, other]) =>
      Number(one.serverIdentity) - Number(other.serverIdentity) ||
      agents.indexOf(one.agent) - agents.indexOf(other.agent) ||
      one.agentVersion - other.agentVersion,
  );
}

function columnHeading({ agent, agentVersion }: Cell, centre: number, baseline: number): string {
  if (agent === undefined) return text(centre, baseline, String(agentVersion), "version");
  const words = escaped(`${agent} ${agentVersion}`);
  return `<text style="font-size: 10px" transform="translate(${centre + 4} ${baseline + 6}) rotate(-90)">${words}</text>`;
}

/** Names are written upwards and need height; a version alone needs none. */
function roomForNames(columns: readonly Column[]): number {
  const lengths = columns.map(([, { agent }]) => (agent === undefined ? 0 : agent.length));
  return Math.ceil(Math.max(0, ...lengths) * LETTER_WIDTH);
}

function picturedCell(result: CellResult | undefined, left: number, top: number): string {
  if (result === undefined) return "";
  const frame = !differs(result)
    ? ""
    : `<rect class="differs" x="${left + 1}" y="${top + 1}" width="${CELL.width - 2}" height="${CELL.height - 2}"/>`;
  return shape(result.notApplicable === undefined ? result.observed.outcome : "not-applicable", left, top) + frame;
}

function shape(outcome: keyof typeof SHAPES, left: number, top: number): string {
  return `<g class="${outcome}" transform="translate(${left} ${top})"><rect width="${CELL.width - 1}" height="${CELL.height - 1}"/>${SHAPES[outcome]}</g>`;
}

function rowOf({ constellation, instanceIds }: Cell): string {
  if (constellation === "one server") return `one server, InstanceId ${instanceIds === "unique" ? "set" : "unset"}`;
  return `${constellation}, InstanceId ${instanceIds}`;
}

function columnOf({ agent = "", agentVersion, serverIdentity }: Cell): string {
  return `${agent} ${agentVersion}${serverIdentity ? "+" : ""}`;
}

function productOf({ product, productVersion }: Cell): string {
  return `${product} ${productVersion}`;
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

const STYLE_OF_NOT_APPLICABLE = `
.not-applicable rect { fill: none; stroke: #d0d7de; } .not-applicable path { fill: #57606a; }
@media (prefers-color-scheme: dark) { .not-applicable rect { stroke: #3d444d; } .not-applicable path { fill: #9da7b3; } }`;
