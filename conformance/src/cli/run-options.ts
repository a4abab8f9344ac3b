import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { Shard } from "../runner/shard.ts";
import { addReportOptions, type ReportOptions } from "./report-options.ts";

/** What decides how the cases of a run go. */
export interface CaseOptions {
  readonly filter?: string;
  readonly traceDir?: string;
  readonly seed?: string;
  readonly timeScale: number;
  readonly jobs: number;
  /** Absolute. */
  readonly package: readonly string[];
  /** How long a target has to start, before it is stretched. */
  readonly startTimeout: number;
}

/** The options that every run has. */
export interface RunOptions extends CaseOptions, ReportOptions {
  readonly shard?: Shard;
  readonly knownFailures?: string;
  readonly events: string;
}

/** Adds those of a run to a command. */
export function addRunOptions(command: Command): Command {
  return addTellingOptions(addCaseOptions(command))
    .option("--shard <i/n>", "run part i of n of the cases; merge joins what the parts found", shard)
    .option("--known-failures <file>", "failures that are known and accepted until a day (JSON)");
}

/** Adds those that say where everything goes that is told of a run; the folder is where it goes unless said otherwise. */
export function addTellingOptions(command: Command, folder = "reports"): Command {
  return addReportOptions(command, folder)
    .option("--events <file>", "where the event log goes", `${folder}/events.jsonl`)
    .option("--trace-dir <directory>", "where a file with everything on the wire goes for every case that is executed");
}

/** Adds those that decide how cases go. */
export function addCaseOptions(command: Command): Command {
  return addMeansOptions(command)
    .option("--filter <text>", "run the case of this id, or those with this part or glob in their id or a clause id")
    .option("--seed <hex>", "repeat the choices of an earlier run");
}

/** Adds those that say what time, machine and material cases have. */
export function addMeansOptions(command: Command): Command {
  const withOptions = command
    .option("--time-scale <factor>", "stretch every bound in time", positive, 1)
    .option("--jobs <count>", "how many cases go on at once", count, 4)
    .option("--start-timeout <seconds>", "how long an agent has to start, and to end", positive, 20);
  return addPackageOption(withOptions);
}

/** Adds `--package`, which is absolute afterwards and can be given again. */
export function addPackageOption(command: Command): Command {
  return command.option(
    "--package <directory>",
    "a real npm package to sync besides made-up ones; again for another, or for a later version of the same",
    (directory, before: readonly string[]) => [...before, resolve(directory)],
    [],
  );
}

/** A number of an option. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError("a number above 0, at most 1000");
  return value;
}

/** Reads how many of something go on at once. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 64)
    throw new InvalidArgumentError("a whole number from 1 to 64");
  return value;
}

function shard(text: string): Shard {
  const [, index, count] = (/^([0-9]{1,4})\/([0-9]{1,4})$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new InvalidArgumentError("write i/n with i from 1 to n, such as 1/4 for the first of four parts");
  }
  return { index, count };
}

/** The options that change what a repeated case does, as words of a command line. */
export function reproWords(options: CaseOptions, id: string, seed: string): string[] {
  return [
    "--filter",
    id,
    "--seed",
    seed,
    ...options.package.flatMap((directory) => ["--package", directory]),
    ...(options.timeScale === 1 ? [] : ["--time-scale", String(options.timeScale)]),
  ];
}
