import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";

/** The options that every run has. */
export interface RunOptions {
  readonly filter?: string;
  readonly knownFailures?: string;
  readonly json: string;
  readonly junit: string;
  readonly events: string;
  readonly seed?: string;
  readonly timeScale: number;
  readonly jobs: number;
  /** Absolute. */
  readonly package: readonly string[];
}

/** Adds them to a command. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--filter <text>", "run the case of this id, or those with this part or glob in their id or a clause id")
    .option("--known-failures <file>", "failures that are known and accepted until a day (JSON)")
    .option("--json <file>", "where the results go", "reports/results.json")
    .option("--junit <file>", "where the JUnit report goes", "reports/junit.xml")
    .option("--events <file>", "where the event log goes", "reports/events.jsonl")
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

/** Reads how many of something go on at once. */
export function count(text: string): number {
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
