import { allCells, type Cell, cellId } from "../src/matrix/cell.ts";
import { cellNotApplicable, cellNotRun } from "../src/matrix/cell-not-run.ts";
import { expectationOf } from "../src/matrix/expectation.ts";
import type { MatrixReport } from "../src/matrix/matrix-report.ts";
import type { CellResult } from "../src/matrix/run-cell.ts";

/** The one cell that differs. */
export const DIFFERING = "BuildMaster-6.1.20/49/two-addresses/unset";

/** A cell that is as the clauses say. */
export const AGREEING = "Otter-2.2.10/46/one-address/unique";

/** What would end the data's element, load a picture or run, wherever a page took it for more than text. */
export const HOSTILE = `</script><b class="escaped">bold</b><img src="https://berth.invalid/picture" onerror="alert(1)">`;

/** No line can be broken inside it: what holds it has to break it or scroll. */
const UNBROKEN = "x".repeat(400);

/** A report of every cell there is, made up: nothing was run, one cell differs, and its texts are as bad as a peer can make them. */
export function sampleReport(): MatrixReport {
  const cells = allCells().map(resultOf);
  const ids = new Set(cells.flatMap(({ expected }) => expected.clauses));
  const sentences = [...ids].map((id) => [id, `The sentence of ${id}.`]);
  return { format: 1, cells, clauses: Object.fromEntries(sentences) };
}

/** The agents of the second report; the last of them is not run, and the one before it lacks server-identity. */
export const AGENTS = ["reference", "plain", "dead"] as const;

/** A report of two servers and three agents, in few cells; one agent does not start, and one has cells that do not apply to it. */
export function sampleOfSeveral(): MatrixReport {
  const cells = ["reference", "mine"].flatMap((server) =>
    AGENTS.flatMap((agent) =>
      allCells(agent === "reference" ? [49, 51] : [49], { server, agent })
        .filter(({ product, constellation }) => product === "Another" && constellation === "one server")
        .map((cell) => {
          if (agent === "dead") return cellNotRun(cell, `the agent did not start: ${HOSTILE}`);
          return agent === "plain" && cell.serverIdentity
            ? cellNotApplicable(cell, "it lacks the feature")
            : resultOf(cell);
        }),
    ),
  );
  return { format: 1, cells, clauses: {} };
}

function resultOf(cell: Cell): CellResult {
  const expected = expectationOf(cell);
  const id = cellId(cell);
  const differs = id === DIFFERING;
  return {
    id,
    cell,
    expected,
    observed: differs
      ? { outcome: "shared", words: `both in the instance ${HOSTILE}` }
      : { outcome: expected.outcome, words: `the instance of ${id}` },
    agrees: !differs,
    ...(differs ? { difference: `expected isolated, observed shared: ${HOSTILE}` } : {}),
    transcript: [
      {
        atMs: 0.4,
        direction: "sent",
        peer: "one (127.1.0.1)",
        method: "Negotiate",
        message: { product: cell.product, agentVersion: cell.agentVersion },
      },
      {
        atMs: 12,
        direction: "received",
        peer: differs ? HOSTILE : "one (127.1.0.1)",
        method: "Negotiate",
        message: differs ? { instanceName: HOSTILE, more: UNBROKEN } : { instanceName: id },
      },
    ],
  };
}
