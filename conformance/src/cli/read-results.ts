import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { resultsFormat } from "../report/format/results-format.ts";
import type { ResultsOfFile } from "../report/merge-results.ts";
import { RESULTS_FORMAT_VERSION, type Results } from "../report/results.ts";
import { UsageError } from "./usage-error.ts";

/** What a file of results is called, where a folder is named in its place. */
export const RESULTS_NAME = "results.json";

/**
 * The files at some paths: these, and in folders those of that name in them or below. A file that is named twice is there once.
 *
 * @throws {UsageError} when there is nothing at a path.
 */
export function resultFilesAt(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap(filesAt))];
}

/** @throws {UsageError} when new results would be written over what is read. */
export function requireElsewhere({ json }: { readonly json: string }, files: readonly string[]): void {
  if (files.every((file) => resolve(file) !== resolve(json))) return;
  throw new UsageError(`${json} is among what is read: choose another place for what is written with --json`);
}

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

/** Reads a file by the published schema. @throws {UsageError} that says what is wrong with it. */
export function readResults(file: string): ResultsOfFile {
  return { file, results: resultsIn(file) };
}

function resultsIn(file: string): Results {
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
