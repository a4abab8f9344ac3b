import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { addReportOptions, type ReportOptions } from "./report-options.ts";

/** The options that every run has. */
export interface RunOptions extends ReportOptions {
  readonly filter?: string;
  readonly knownFailures?: string;
  readonly events: string;
  readonly traceDir?: string;
  readonly seed?: string;
  readonly timeScale: number;
  readonly jobs: number;
  /** Absolute. */
  readonly package: readonly string[];
}

/** Adds them to a command. */
export function addRunOptions(command: Command): Command {
  return addReportOptions(command)
    .option("--filter <text>", "run the case of this id, or those with this part or glob in their id or a clause id")
    .option("--known-failures <file>", "failures that are known and accepted until a day (JSON)")
    .option("--events <file>", "where the event log goes", "reports/events.jsonl")
    .option("--trace-dir <directory>", "where a file with everything on the wire goes for every case that is executed")
    .option("--seed <hex>", "repeat the choices of an earlier run")
    .option("--time-scale <factor>", "stretch every bound in time", positive, 1)
    .option("--jobs <count>", "how many cases go on at once", count, 4)
    .option(
      "--package <directory>",
      "a real npm package to sync besides made-up ones; again for another, or for a later version of the same",
      (directory, before: readonly string[]) => [...before, resolve(directory)],
      [],
    );
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError("a number above 0, at most 1000");
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 64)
    throw new InvalidArgumentError("a whole number from 1 to 64");
  return value;
}

/** The options that change what a repeated case does, as words of a command line. */
export function reproWords(options: RunOptions, id: string, seed: string): string[] {
  return [
    "--filter",
    id,
    "--seed",
    seed,
    ...options.package.flatMap((directory) => ["--package", directory]),
    ...(options.timeScale === 1 ? [] : ["--time-scale", String(options.timeScale)]),
  ];
}
