import type { Command } from "commander";
import type { ResultsOfFile } from "../report/merge-results.ts";
import type { RunResults } from "../report/results.ts";
import { suiteVersion } from "../report/suite-version.ts";
import { visibleText } from "../report/visible-text.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { checkResults } from "../verify/check-results.ts";
import { claimText } from "../verify/claim-text.ts";
import { type Findings, joinFindings, type OwnSuite, saidOf } from "../verify/own-suite.ts";
import { type Catalogue, readCatalogue } from "./catalogue.ts";
import { gateOf } from "./gate.ts";
import { type AgainOptions, judgeAgain, namesTarget } from "./judge-again.ts";
import { RESULTS_NAME, readResults, requireElsewhere, resultFilesAt } from "./read-results.ts";
import { addMeansOptions, addTellingOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";

type VerifyOptions = AgainOptions & { readonly run?: string };

/** A published run, and the file it is in. */
interface PublishedRun {
  readonly file: string;
  readonly run: RunResults;
}

/** `verify`; the words are those of the whole command line. */
export function addVerifyCommand(program: Command, words: readonly string[], exit: (code: ExitCode) => void): void {
  const command = program
    .command("verify")
    .description("recompute what published results claim, and with a target judge it again by them")
    .argument(
      "<path...>",
      `published results: files, or folders with files named ${RESULTS_NAME} in them or below; after --: the command of the target`,
    )
    .option("--run <label>", "only the run of this name, such as 'agent 46', where the results have several")
    .option("--address <host:port>", "judge this agent again, which runs already")
    .option("--image <image>", "judge again what is in this container image")
    .option("--driver", "the command is one program that takes steps as messages (berth.driver.v1)")
    .option("--upgrade-from <command>", "as the published run was given it");
  addTellingOptions(addMeansOptions(command), "reports/again")
    .addHelpText("after", HELP)
    .action(async (given: readonly string[], options: VerifyOptions) => {
      const { before: paths, after: target } = splitAtDashes(given, words);
      exit(await verify(paths, target, options));
    });
}

const HELP = `
Exit codes: 0 the claim stands (and where a target is named, every case ends as published), 1 it does not, or there is none, 2 it cannot be
verified: no results, or those of another suite; of a target that is judged again besides: 4 the suite's own fault, 5 it could not be reached.

Examples:
  berth-conformance verify results.json
  berth-conformance verify results.json -- ./their-agent --quiet
  berth-conformance verify results.json --run 'agent 46' --address 127.0.0.1:44949
  berth-conformance verify results.json --driver -- ./their-server driver`;

async function verify(paths: readonly string[], target: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  if (paths.length === 0) throw new UsageError("there are no results to verify: name them before --");
  const names = resultFilesAt(paths);
  const isAgain = namesTarget(target, options);
  if (isAgain) requireElsewhere(options, names);
  const files = names.map(readResults);
  const published = publishedRuns(files, options.run);
  const catalogue = readCatalogue();
  const { otherSuite, differences, shortcomings } = findingsIn(files, ownSuite(catalogue), options.run);
  for (const line of [...otherSuite, ...differences, ...shortcomings]) console.log(visibleText(line));
  if (otherSuite.length > 0) return EXIT.usage;

  const isWhole = published.every(({ run }) => run.digest !== undefined);
  if (isAgain && (differences.length > 0 || !isWhole)) {
    console.log("the target is not judged again: that takes results of a whole run that do not contradict themselves");
  } else if (isAgain) {
    const runs = published.map(({ run }) => run);
    const exitCode = await judgeAgain(runs, { target, options, catalogue });
    if (exitCode !== EXIT.conformant) return exitCode;
  }
  if (differences.length > 0 || shortcomings.length > 0) return EXIT.notConformant;
  for (const { file, run } of published) {
    console.log([`${visibleText(file)}: the claim of the run "${run.label}" stands`, ...claimText(run)].join("\n"));
  }
  return EXIT.conformant;
}

/** @throws {UsageError} naming the runs there are. */
function publishedRuns(files: readonly ResultsOfFile[], label: string | undefined): PublishedRun[] {
  const all = files.flatMap(({ file, results }) => results.runs.map((run) => ({ file, run })));
  const named = all.filter(({ run }) => label === undefined || run.label === label);
  if (named.length > 0 || label === undefined) return named;
  const labels = [...new Set(all.map(({ run }) => `"${run.label}"`))].join(", ");
  throw new UsageError(`there is no run "${label}"; there are ${labels || "none at all"}`);
}

function findingsIn(files: readonly ResultsOfFile[], own: OwnSuite, label: string | undefined): Findings {
  const findings = files.map(({ file, results }) => saidOf(file, checkResults(results, own, label)));
  return joinFindings(findings);
}

function ownSuite(catalogue: Catalogue): OwnSuite {
  return { version: suiteVersion(), gate: gateOf(catalogue), ...catalogue };
}

/** A shell's `--` is no word of a command's own, so where it stood shows only in the whole command line. */
function splitAtDashes(
  given: readonly string[],
  words: readonly string[],
): Record<"before" | "after", readonly string[]> {
  const dashes = words.indexOf("--");
  const place = dashes === -1 ? given.length : given.length - (words.length - dashes - 1);
  return { before: given.slice(0, place), after: given.slice(place) };
}
