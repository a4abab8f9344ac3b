import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { resultsFormat } from "../report/format/results-format.ts";
import { mergeResults, type ResultsOfFile } from "../report/merge-results.ts";
import { CannotMerge } from "../report/merge-run.ts";
import { RESULTS_FORMAT_VERSION, type Results } from "../report/results.ts";
import type { ExitCode } from "../runner/exit-code.ts";
import { addReportOptions, type ReportOptions } from "./report-options.ts";
import { UsageError } from "./usage-error.ts";
import { writeReports } from "./write-reports.ts";

const RESULTS_NAME = "results.json";

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
  const files = [...new Set(paths.flatMap(filesAt))];
  if (files.some((file) => resolve(file) === resolve(options.json))) {
    throw new UsageError(`${options.json} is among what is merged: choose another place for the whole with --json`);
  }
  const results = mergedResults(files.map((file) => ({ file, results: readResults(file) })));
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

/** @throws {UsageError} when there is nothing at the path. */
function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch (cause) {
    throw new UsageError(`${path} is not there`, { cause });
  }
  const below = readdirSync(path, { recursive: true, encoding: "utf8" }).filter(
    (name) => basename(name) === RESULTS_NAME,
  );
  if (below.length === 0)
    throw new UsageError(`there is no ${RESULTS_NAME} in ${path} or below: name the files themselves`);
  return below.sort().map((name) => join(path, name));
}

/** @throws {UsageError} that says what is wrong with the file. */
function readResults(file: string): Results {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const parsed = resultsFormat.safeParse(content);
  if (parsed.success) return parsed.data;
  const form = `results of berth-conformance in form ${RESULTS_FORMAT_VERSION}, which this version of the suite writes`;
  throw new UsageError(`${file} has no ${form}:\n${z.prettifyError(parsed.error)}`);
}
