import type { GateResult } from "../clauses/clause-gate.ts";
import type { ExitCode } from "../runner/exit-code.ts";
import { OUTCOMES, type Outcome } from "../runner/outcome.ts";
import { executedRequired } from "../runner/profile.ts";
import { digestOfWhole } from "./claim-digest.ts";
import type { ReportedCase, RunEnded, RunEvent, RunStarted } from "./run-event.ts";

/** The version of the form of results.json; it grows when a reader could misunderstand. */
export const RESULTS_FORMAT_VERSION = 1;

/** How many cases ended in each way. */
export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** One run, as the events tell it. */
export interface RunResults extends Omit<RunStarted, "type">, Omit<RunEnded, "type" | "suite" | "at"> {
  /** What the run is called in reports: the suite, with the version of agent or product where several were judged. */
  readonly label: string;
  /** From beginning to end. */
  readonly durationMs: number;
  /** How many cases of required clauses said something about the target. */
  readonly executedRequired: number;
  /** Of how many shards the run was merged; absent when it is one run as it ended. */
  readonly mergedFrom?: number;
  readonly counts: OutcomeCounts;
  /** The digest of what a claim of this run rests on; absent where not all cases were run. */
  readonly digest?: string;
  /** In the order of the specification. */
  readonly cases: readonly ReportedCase[];
}

/** Everything that is reported, and the content of results.json. */
export interface Results {
  readonly schema: typeof RESULTS_FORMAT_VERSION;
  readonly exitCode: ExitCode;
  readonly counts: OutcomeCounts;
  readonly runs: readonly RunResults[];
  readonly clauseGate?: GateResult;
  /** Why a target was not judged at all, one line each; absent where all were. */
  readonly unreached?: readonly string[];
}

/** Reads the results out of the events of one or several runs. */
export function resultsOf(events: readonly RunEvent[], exitCode: ExitCode, clauseGate?: GateResult): Results {
  return resultsOfRuns(withLabels(eventsOfRuns(events).flatMap((own) => runOf(own) ?? [])), exitCode, clauseGate);
}

/** Puts runs together. */
export function resultsOfRuns(runs: readonly RunResults[], exitCode: ExitCode, clauseGate?: GateResult): Results {
  const counts = countOutcomes(runs.flatMap((run) => run.cases));
  return { schema: RESULTS_FORMAT_VERSION, exitCode, counts, runs, clauseGate };
}

/** Runs follow one another, each from its own beginning. */
function eventsOfRuns(events: readonly RunEvent[]): RunEvent[][] {
  const runs: RunEvent[][] = [];
  for (const event of events) {
    if (event.type === "run-started") runs.push([event]);
    else runs.findLast(([started]) => started?.suite === event.suite)?.push(event);
  }
  return runs;
}

/** Names runs that stand together: by the end judged, and where there are several of it by the agent's version. */
export function withLabels(runs: readonly Omit<RunResults, "label">[]): RunResults[] {
  return runs.map((run, index) => {
    const others = runs.filter((other) => other.suite === run.suite);
    if (others.length === 1) return { ...run, label: run.suite };
    const name = nameOf(run);
    const before = runs.slice(0, index).filter((other) => nameOf(other) === name);
    return { ...run, label: before.length === 0 ? name : `${name} (${before.length + 1})` };
  });
}

function nameOf({ suite, agentVersion, productVersion }: Omit<RunResults, "label">): string {
  return `${suite} ${agentVersion ?? productVersion ?? ""}`.trim();
}

function runOf(own: readonly RunEvent[]): Omit<RunResults, "label"> | undefined {
  const started = own.find((event): event is RunStarted => event.type === "run-started");
  if (started === undefined) return undefined;
  const ended = own.find((event): event is RunEnded => event.type === "run-ended");

  // The last word on a case counts: an error found afterwards corrects what was said before.
  const byId = new Map<string, ReportedCase>();
  for (const event of own) if (event.type === "case-ended") byId.set(event.case.id, event.case);
  const cases = [...byId.values()].sort((a, b) => a.place - b.place);

  const { type: _, ...facts } = started;
  return {
    ...facts,
    exitCode: ended?.exitCode ?? 4,
    sentences: ended?.sentences ?? ["the run was cut off"],
    knownFailureProblems: ended?.knownFailureProblems ?? [],
    durationMs: ended === undefined ? 0 : Math.max(0, Date.parse(ended.at) - Date.parse(started.at)),
    executedRequired: executedRequired(cases),
    counts: countOutcomes(cases),
    ...digestOfWhole({ ...facts, cases }),
    cases,
  };
}

/** How many of these cases ended in each way. */
export function countOutcomes(cases: readonly ReportedCase[]): OutcomeCounts {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const each of cases) counts[each.outcome] += 1;
  return counts;
}

const WORDS: Readonly<Record<Outcome, string>> = {
  pass: "passed",
  fail: "failed",
  "not-applicable": "not applicable",
  warn: "warned",
  observed: "observed",
  blocked: "blocked",
  "expected-failure": "failed as expected",
  "unexpected-pass": "passed unexpectedly",
  flaky: "flaky",
  "harness-error": "harness errors",
};

/** `N passed, N failed, N not applicable`, and every other outcome that occurred. */
export function countLine(counts: OutcomeCounts): string {
  const always: readonly Outcome[] = ["pass", "fail", "not-applicable"];
  return OUTCOMES.filter((outcome) => always.includes(outcome) || counts[outcome] > 0)
    .map((outcome) => `${counts[outcome]} ${WORDS[outcome]}`)
    .join(", ");
}
