import { randomBytes } from "node:crypto";
import type { Command as CommanderCommand } from "commander";
import { agentMutants } from "../../mutants/agents/index.ts";
import { serverMutants } from "../../mutants/servers/index.ts";
import { killGate, readUnkilled } from "../mutants/kill-gate.ts";
import { mutantCommands } from "../mutants/mutant-commands.ts";
import type { ListedMutant, MutantResult } from "../mutants/mutant-result.ts";
import { mutantsPage, mutantsReport } from "../mutants/mutants-report.ts";
import { listedMutants, mutantsTable, referenceFaults, suiteFaults } from "../mutants/mutants-table.ts";
import { listMutants, type MutantsRun, runMutant, runReferences } from "../mutants/run-mutants.ts";
import { wrongExamples } from "../mutants/wrong-examples.ts";
import { writeReport } from "../report/write-report.ts";
import { calibrate } from "../runner/calibrate.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { RECORDED } from "../transcripts/recording-of.ts";
import { readCatalogue } from "./catalogue.ts";
import { watchInterruption } from "./interruption.ts";
import { addPackageOption, count } from "./run-options.ts";
import { requirePackages, requireSeed } from "./run-scope.ts";

interface MutantsOptions {
  readonly filter?: string;
  readonly jobs: number;
  readonly seed?: string;
  /** Absolute. */
  readonly package: readonly string[];
  readonly list?: boolean;
  readonly json: string;
  readonly html: string;
  readonly transcripts?: string;
}

/** Cases that go on at once against one mutant. */
const CASES_AT_ONCE = 4;

/** `mutants`. */
export function addMutantsCommand(program: CommanderCommand, exit: (code: ExitCode) => void): void {
  const mutants = program
    .command("mutants")
    .description(
      "judge the suite itself: every broken agent and server has to be caught by a case of the clause it breaks",
    );
  addPackageOption(mutants)
    .option("--filter <text>", "only the mutants with this text in their id, their clause or their part")
    .option("--jobs <count>", "how many mutants are judged at once", count, 2)
    .option("--seed <hex>", "repeat the choices of an earlier run")
    .option("--list", "name the mutants and run nothing")
    .option("--json <file>", "where the results go", "reports/mutants.json")
    .option("--html <file>", "where the page goes", "reports/mutants.html")
    .option(
      "--transcripts <directory>",
      "also write down what explain shows as wrong, for cases that have no such example",
    )
    .addHelpText(
      "after",
      `
A mutant is a reference agent or server with one part replaced by a broken one; it needs @berth/agent and @berth/server beside the suite.
Exit codes: 0 every mutant is caught and every clause has one, 1 not so, 3 the filter matches none.

Example:
  berth-conformance mutants --filter SYNC-036`,
    )
    .action(async (options: MutantsOptions) => exit(await conductMutants(options)));
}

async function conductMutants(options: MutantsOptions): Promise<ExitCode> {
  const { filter = "" } = options;
  const mutants = listMutants(agentMutants, serverMutants).filter((each) => matches(each, filter));
  if (mutants.length === 0) {
    console.log(`--filter ${filter} matches no mutant; --list names them`);
    return EXIT.tooLittleRan;
  }
  if (options.list) {
    for (const line of listedMutants(mutants)) console.log(line);
    return EXIT.conformant;
  }

  const interruption = watchInterruption(); // by the end of this process, whatever was started ends too
  const strays: unknown[] = [];
  const onStray = (error: unknown) => void strays.push(error);
  process.on("uncaughtException", onStray);
  try {
    const exitCode = await judgeSuite(mutants, options);
    for (const error of strays) console.error("an error that no case made:", error);
    return strays.length > 0 ? EXIT.suiteAtFault : exitCode;
  } finally {
    process.off("uncaughtException", onStray);
    interruption.end();
  }
}

async function judgeSuite(mutants: readonly ListedMutant[], options: MutantsOptions): Promise<ExitCode> {
  const catalogue = readCatalogue();
  const { transcripts } = options;
  const examples = transcripts === undefined ? undefined : wrongExamples(mutants, transcripts);
  const seed = requireSeed(options.seed ?? (examples && RECORDED.seed));
  const nonce = examples ? RECORDED.nonce : randomBytes(3).toString("hex");
  await requirePackages(options.package);
  const { stretch } = await calibrate();
  const run: MutantsRun = {
    catalogue,
    clauses: catalogue.clauses,
    commands: mutantCommands(),
    jobs: CASES_AT_ONCE,
    scope: { seed, nonce, timeScale: stretch, packages: options.package },
    onKill: examples?.take,
  };
  const references = await runReferences(mutants, run);
  const faults = referenceFaults(references);
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) return EXIT.notConformant;

  const results = await runAll(mutants, options.jobs, (mutant) => runMutant(mutant, run, references));
  const cases = [...catalogue.agentCases, ...catalogue.serverCases];
  const gate = options.filter === undefined ? killGate(catalogue.clauses, cases, results, readUnkilled()) : undefined;
  const report = mutantsReport(results, catalogue.clauses, seed, gate);
  writeReport(options.json, `${JSON.stringify(report, null, 2)}\n`);
  writeReport(options.html, mutantsPage(report));
  if (examples) console.log(`new examples of what is wrong in ${transcripts}: ${examples.write().length}`);
  const slips = suiteFaults(results);
  for (const line of [...slips, ...mutantsTable(results, gate)]) console.log(line);
  const isProven = results.every(({ status }) => status === "killed") && (gate?.gaps ?? []).length === 0;
  if (!isProven) return EXIT.notConformant;
  return slips.length > 0 ? EXIT.suiteAtFault : EXIT.conformant;
}

function matches({ id, clause, part }: ListedMutant, filter: string): boolean {
  return [id, clause, part].some((text) => text.toLowerCase().includes(filter.toLowerCase()));
}

/** Several at a time; the results are in the order of the mutants. */
async function runAll(
  mutants: readonly ListedMutant[],
  jobs: number,
  judge: (mutant: ListedMutant) => Promise<MutantResult>,
): Promise<MutantResult[]> {
  const results = new Map<ListedMutant, MutantResult>();
  const waiting = [...mutants];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.set(next, await judge(next));
      showProgress(results.size, mutants.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, work));
  } finally {
    waiting.splice(0); // where one failed for good, the others begin no more
  }
  return mutants.map((mutant) => results.get(mutant)!);
}

/** A line that renews itself on a terminal, and one every ten mutants elsewhere. */
function showProgress(done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} mutants${done === total ? "\n" : ""}`);
  else if (done % 10 === 0 || done === total) process.stderr.write(`${done} of ${total} mutants\n`);
}
