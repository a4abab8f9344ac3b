import type { Command } from "commander";
import { mergeResults, type ResultsOfFile } from "../report/merge-results.ts";
import { CannotMerge } from "../report/merge-run.ts";
import type { Results } from "../report/results.ts";
import type { ExitCode } from "../runner/exit-code.ts";
import { RESULTS_NAME, readResults, requireElsewhere, resultFilesAt } from "./read-results.ts";
import { addReportOptions, type ReportOptions } from "./report-options.ts";
import { UsageError } from "./usage-error.ts";
import { writeReports } from "./write-reports.ts";

/** `merge`. */
export function addMergeCommand(program: Command, exit: (code: ExitCode) => void): void {
  addReportOptions(
    program.command("merge").description("join the results of shards or of several runs, and judge the whole"),
  )
    .argument("<path...>", `results of runs: files, or folders with files named ${RESULTS_NAME} in them or below`)
    .addHelpText(
      "after",
      `
Example:
  berth-conformance agent --shard 1/2 --json shards/1/results.json -- ./my-agent
  berth-conformance agent --shard 2/2 --json shards/2/results.json -- ./my-agent
  berth-conformance merge shards`,
    )
    .action((paths: readonly string[], options: ReportOptions) => exit(merge(paths, options)));
}

function merge(paths: readonly string[], options: ReportOptions): ExitCode {
  const files = resultFilesAt(paths);
  requireElsewhere(options, files);
  const results = mergedResults(files.map(readResults));
  writeReports(options, results);
  return results.exitCode;
}

function mergedResults(files: readonly ResultsOfFile[]): Results {
  try {
    return mergeResults(files);
  } catch (error) {
    if (error instanceof CannotMerge) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
