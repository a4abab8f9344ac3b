import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { GateResult } from "../clauses/clause-gate.ts";
import { type EventLog, openEventLog } from "../report/event-log.ts";
import { type Results, resultsOf } from "../report/results.ts";
import { EXIT, type ExitCode, gravest } from "../runner/exit-code.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import type { Verdict } from "../runner/verdict.ts";
import { type Interruption, watchInterruption } from "./interruption.ts";
import { showProgress } from "./progress.ts";
import type { RunOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";
import { writeReports } from "./write-reports.ts";

/** One run to be conducted. */
export type Conducted = (log: EventLog, interruption: Interruption) => Promise<Verdict>;

/** Conducts runs one after another, and makes every report of all of them together from one event log. */
export async function conduct(options: RunOptions, runs: readonly Conducted[], gate?: GateResult): Promise<Results> {
  for (const path of [options.json, options.junit, options.html, options.events]) requireWritable(path);
  const progress = showProgress(process.stderr);
  const log = openEventLog(options.events, progress.onEvent);
  const interruption = watchInterruption();
  const codes: ExitCode[] = [];
  const unreached: string[] = [];
  try {
    for (const run of runs) codes.push(await conductOne(run, log, interruption, unreached));
  } finally {
    interruption.end();
    progress.end();
  }
  if (gate !== undefined && gate.gaps.length > 0) codes.push(EXIT.notConformant);

  const exitCode = gravest(codes);
  const traces =
    options.traceDir === undefined ? [] : [`traces: ${options.traceDir}, a file for every case that was executed`];
  const results = resultsOf(log.events, exitCode, gate);
  const told = unreached.length === 0 ? results : { ...results, unreached };
  writeReports(options, told, traces);
  return told;
}

/** What cannot be written is better said before a run than after it. */
function requireWritable(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, "");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `${path} cannot be written: ${why}; choose another place with --json, --junit, --html or --events`,
      {
        cause,
      },
    );
  }
}

/** One target that cannot be reached does not keep the others from being judged. */
async function conductOne(
  run: Conducted,
  log: EventLog,
  interruption: Interruption,
  unreached: string[],
): Promise<ExitCode> {
  try {
    return (await run(log, interruption)).exitCode;
  } catch (error) {
    if (!(error instanceof TargetUnreachable)) throw error;
    console.error(error.message);
    unreached.push(error.message);
    return EXIT.targetUnreachable;
  }
}
