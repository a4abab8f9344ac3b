import { availableParallelism } from "node:os";
import type { Command as CommanderCommand } from "commander";
import { serverByDriver } from "../attach/server-by-driver.ts";
import { readClauses } from "../clauses/read-clauses.ts";
import { type Cell, cellId } from "../matrix/cell.ts";
import {
  type AgentImplementation,
  cellsInOrder,
  pairingsOf,
  type ServerImplementation,
} from "../matrix/implementation.ts";
import { introduceAgent, introduceServer } from "../matrix/introduce.ts";
import { matrixPage } from "../matrix/matrix-page.ts";
import { matrixPicture } from "../matrix/matrix-picture.ts";
import { matrixReport } from "../matrix/matrix-report.ts";
import { matrixTable } from "../matrix/matrix-table.ts";
import type { CellResult } from "../matrix/run-cell.ts";
import { runMatrix } from "../matrix/run-matrix.ts";
import { tallyOf } from "../matrix/tally.ts";
import { writeReport } from "../report/write-report.ts";
import { calibrate } from "../runner/calibrate.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import { type AgentOption, agentOptions, serverOptions, VERSION } from "./implementation-option.ts";
import { watchInterruption } from "./interruption.ts";

interface MatrixOptions {
  readonly agent: readonly string[];
  readonly server: readonly string[];
  readonly json: string;
  readonly html: string;
  readonly svg: string;
  readonly filter?: string;
}

const PATIENCE_MS = 20_000;
const STEP_MS = 60_000;

/** `matrix`. */
export function addMatrixCommand(program: CommanderCommand, exit: (code: ExitCode) => void): void {
  program
    .command("matrix")
    .description("every server version against every agent version: which pairs isolate, which share, which refuse")
    .option("--agent <[name[@version]=]command>", AGENT, collected, [])
    .option("--server <[name=]command>", SERVER, collected, [])
    .option("--filter <text>", "only the cells with this text in their id")
    .option("--json <file>", "where the results go", "reports/matrix.json")
    .option("--html <file>", "where the page goes", "reports/matrix.html")
    .option("--svg <file>", "where the picture goes", "reports/matrix.svg")
    .addHelpText("after", EXAMPLES)
    .action(async (options: MatrixOptions) => exit(await conductMatrix(options)));
}

const AGENT = `the command that starts an agent; ${VERSION} in it becomes its version. Again for another implementation, each with a name`;
const SERVER =
  "the program that drives a server over its standard input and output; again for another, each with a name";

const EXAMPLES = `
An end that is not named is its reference, @berth/agent or @berth/server, where that is installed beside the suite.
An agent's command without ${VERSION} is an agent of one version: the one after the @, or the one that it answers Negotiate with.

Examples:
  berth-conformance matrix --filter 46/
  berth-conformance matrix --agent "./my-agent --as ${VERSION}"
  berth-conformance matrix --agent "reference@49-51=berth-agent run --agent-version ${VERSION}" --agent mine=./my-agent
  berth-conformance matrix --agent ./my-agent --server "reference=berth-server driver" --server mine=./my-driver`;

function collected(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

async function conductMatrix(options: MatrixOptions): Promise<ExitCode> {
  const asked = { agents: agentOptions(options.agent), servers: serverOptions(options.server) };
  const { stretch } = await calibrate();
  const servers = asked.servers.map(({ name, command }) => ({
    ...(name === undefined ? {} : { name }),
    target: serverByDriver({ command, stepMs: STEP_MS * stretch }),
  }));
  const stopServers = async (): Promise<void> => {
    await Promise.all(servers.map(({ target }) => target.stop()));
  };
  const interruption = watchInterruption();
  const release = interruption.owe(stopServers);
  try {
    return await judge(options, asked.agents, servers, PATIENCE_MS * stretch);
  } finally {
    interruption.end();
    release();
    await stopServers();
  }
}

async function judge(
  options: MatrixOptions,
  agentsAsked: readonly AgentOption[],
  serversAsked: readonly ServerImplementation[],
  patienceMs: number,
): Promise<ExitCode> {
  const { filter = "" } = options;
  const servers = await Promise.all(serversAsked.map(introduceServer));
  const agents = await Promise.all(
    agentsAsked.map(async (agent): Promise<AgentImplementation> => {
      const { versions } = agent;
      return versions === undefined ? introduceAgent(agent, patienceMs) : { ...agent, versions };
    }),
  );
  const pairings = pairingsOf(servers, agents, (cell) => cellId(cell).includes(filter));
  const problems = [...servers, ...agents].flatMap(({ problem }) => problem ?? []);
  const [onlyProblem] = problems;
  // With nothing else to go on with, an implementation that cannot be run is the end, and not a matrix that is red throughout.
  if (onlyProblem !== undefined && servers.length === 1 && agents.length === 1)
    throw new TargetUnreachable(onlyProblem);
  for (const problem of problems) console.error(problem);
  if (pairings.length === 0) {
    const [example] = pairingsOf(servers, agents);
    console.log(`--filter ${filter} matches no cell; a cell is named like ${cellId(example?.cells[0] as Cell)}`);
    return EXIT.tooLittleRan;
  }
  const results = await runMatrix({
    pairings,
    jobs: Math.min(pairings.length, availableParallelism() + 1),
    patienceMs,
    onResult: showProgress(cellsInOrder(pairings).length),
    onRemark: (words) => console.error(words),
  });
  writeReports(options, results);
  for (const line of matrixTable(results)) console.log(line);
  return exitCodeOf(results, problems);
}

function writeReports({ json, html, svg }: MatrixOptions, results: readonly CellResult[]): void {
  const report = matrixReport(results, readClauses());
  writeReport(json, `${JSON.stringify(report, null, 2)}\n`);
  writeReport(html, matrixPage(report));
  writeReport(svg, matrixPicture(results));
}

/** A filter can leave out every cell of an implementation that cannot be run: that is no agreement. */
function exitCodeOf(results: readonly CellResult[], problems: readonly string[]): ExitCode {
  const { agreeing, differing } = tallyOf(results);
  if (differing > 0 || problems.length > 0) return EXIT.notConformant;
  return agreeing > 0 ? EXIT.conformant : EXIT.tooLittleRan;
}

/** A line that renews itself on a terminal, and one every hundred cells elsewhere. */
function showProgress(total: number): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} cells${done === total ? "\n" : ""}`);
    else if (done % 100 === 0 || done === total) process.stderr.write(`${done} of ${total} cells\n`);
  };
}
