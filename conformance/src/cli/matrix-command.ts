import { availableParallelism } from "node:os";
import type { Command as CommanderCommand } from "commander";
import type { Command } from "../attach/process-group.ts";
import { probeUnknownStep } from "../attach/server-by-command.ts";
import { serverByDriver } from "../attach/server-by-driver.ts";
import { readClauses } from "../clauses/read-clauses.ts";
import { AGENT_VERSIONS, allCells, cellId } from "../matrix/cell.ts";
import { matrixPage } from "../matrix/matrix-page.ts";
import { matrixPicture } from "../matrix/matrix-picture.ts";
import { matrixReport } from "../matrix/matrix-report.ts";
import { matrixTable } from "../matrix/matrix-table.ts";
import { runMatrix } from "../matrix/run-matrix.ts";
import { writeReport } from "../report/write-report.ts";
import { calibrate } from "../runner/calibrate.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { splitCommandLine } from "./command-line.ts";
import { watchInterruption } from "./interruption.ts";
import { UsageError } from "./usage-error.ts";

interface MatrixOptions {
  readonly agent: string;
  readonly server: string;
  readonly json: string;
  readonly html: string;
  readonly svg: string;
  readonly filter?: string;
}

const VERSION = "{version}";
const PATIENCE_MS = 20_000;
const STEP_MS = 60_000;

/** `matrix`. */
export function addMatrixCommand(program: CommanderCommand, exit: (code: ExitCode) => void): void {
  program
    .command("matrix")
    .description("every server version against every agent version: which pairs isolate, which share, which refuse")
    .requiredOption("--agent <command>", `the command that starts an agent; ${VERSION} in it becomes its version`)
    .requiredOption("--server <command>", "the program that drives a server over its standard input and output")
    .option("--filter <text>", "only the cells with this text in their id")
    .option("--json <file>", "where the results go", "reports/matrix.json")
    .option("--html <file>", "where the page goes", "reports/matrix.html")
    .option("--svg <file>", "where the picture goes", "reports/matrix.svg")
    .addHelpText(
      "after",
      `
Example:
  berth-conformance matrix --agent "berth-agent run --agent-version ${VERSION}" --server "berth-server driver" --filter 46/`,
    )
    .action(async (options: MatrixOptions) => exit(await conductMatrix(options)));
}

async function conductMatrix(options: MatrixOptions): Promise<ExitCode> {
  const { filter = "" } = options;
  const cells = allCells().filter((cell) => cellId(cell).includes(filter));
  if (cells.length === 0) {
    console.log(`--filter ${filter} matches no cell; a cell is named like ${cellId(allCells()[0]!)}`);
    return EXIT.tooLittleRan;
  }
  const agentCommand = agentCommandOf(options.agent);
  const { stretch } = await calibrate();
  const server = serverByDriver({ command: splitCommandLine(options.server), stepMs: STEP_MS * stretch });
  const interruption = watchInterruption();
  const release = interruption.owe(server.stop);
  try {
    await probeUnknownStep(server);
    const results = await runMatrix({
      cells,
      agentCommand,
      server,
      jobs: Math.min(AGENT_VERSIONS.length, availableParallelism() + 1),
      patienceMs: PATIENCE_MS * stretch,
      onResult: showProgress(cells.length),
    });
    const report = matrixReport(results, readClauses());
    writeReport(options.json, `${JSON.stringify(report, null, 2)}\n`);
    writeReport(options.html, matrixPage(report));
    writeReport(options.svg, matrixPicture(results));
    for (const line of matrixTable(results)) console.log(line);
    return results.every(({ agrees }) => agrees) ? EXIT.conformant : EXIT.notConformant;
  } finally {
    interruption.end();
    release();
    await server.stop();
  }
}

function agentCommandOf(text: string): (version: number) => Command {
  if (!text.includes(VERSION)) {
    throw new UsageError(
      `--agent has to say where the version goes, as in "berth-agent run --agent-version ${VERSION}"`,
    );
  }
  return (version) => splitCommandLine(text.replaceAll(VERSION, String(version)));
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
