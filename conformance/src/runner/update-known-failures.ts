import type { KnownFailure } from "./known-failures-file.ts";
import type { Outcome } from "./outcome.ts";

/** What an update has to know of one run. */
export interface JudgedRun {
  readonly agentVersion?: number;
  readonly cases: readonly {
    readonly id: string;
    readonly outcome: Outcome;
    readonly failure?: { readonly code: string };
  }[];
}

/** A list of known failures after an update, and what became of each entry. */
export interface UpdatedKnownFailures {
  /** Those that still hold in their old order, and then the new ones. */
  readonly entries: readonly KnownFailure[];
  readonly kept: readonly KnownFailure[];
  readonly dropped: readonly KnownFailure[];
  /** Without reason, issue and expiry: a person fills these in, and until then the list is refused. */
  readonly added: readonly KnownFailure[];
}

/**
 * Brings a list of known failures to what whole runs have shown. An entry that failed as it says stays as it is, also when it has
 * expired: prolonging it is a decision. Any other goes, and what fails without an entry gets a new one.
 */
export function updateKnownFailures(known: readonly KnownFailure[], runs: readonly JudgedRun[]): UpdatedKnownFailures {
  const wanted = runs.flatMap((run) => failuresOf(run, runs.length > 1));
  const before = runs.length > 1 ? known.flatMap((each) => perVersion(each, runs)) : known;
  const unclear = new Set(runs.flatMap((run) => unclearIn(run)));
  const judged = new Set(runs.flatMap((run) => run.cases.map((each) => each.id)));
  const holds = (entry: KnownFailure) =>
    !judged.has(entry.case) || unclear.has(entry.case) || wanted.some((each) => isFor(entry, each));
  const kept = unique(before.filter(holds));
  const dropped = before.filter((each) => !kept.includes(each) && !kept.some((other) => isSame(each, other)));
  const added = wanted
    .filter((each) => !kept.some((entry) => isFor(entry, each)))
    .map((each) => ({ ...each, reason: "", issue: "", expires: "" }));
  return { entries: [...kept, ...added], kept, dropped, added };
}

type Failing = Pick<KnownFailure, "case" | "code" | "agentVersion">;

/** What was red in a run, and what an entry already took the red from. */
function failuresOf({ agentVersion, cases }: JudgedRun, amongOthers: boolean): Failing[] {
  const version = amongOthers && agentVersion !== undefined ? { agentVersion } : {};
  return cases.flatMap(({ id, outcome, failure }) => {
    if (outcome === "fail") return [{ case: id, code: failure?.code ?? outcome, ...version }];
    if (outcome === "blocked") return [{ case: id, code: "blocked", ...version }];
    // A blocked case that was expected has no failure of its own.
    if (outcome === "expected-failure") return [{ case: id, code: failure?.code ?? "blocked", ...version }];
    return [];
  });
}

/** Where the suite slipped, nothing is said about the target, so no entry is touched. */
function unclearIn({ cases }: JudgedRun): string[] {
  return cases.filter((each) => each.outcome === "harness-error").map((each) => each.id);
}

/** An entry for any agent holds only for the versions that fail, once several were judged; where all of them do it stays as it is. */
function perVersion(entry: KnownFailure, runs: readonly JudgedRun[]): KnownFailure[] {
  const judging = runs.filter(({ cases }) => cases.some(({ id }) => id === entry.case));
  const failing = judging.filter((run) => failuresOf(run, false).some((each) => isFor(entry, each)));
  if (entry.agentVersion !== undefined || failing.length === judging.length) return [entry];
  if (failing.length === 0) return [entry];
  return failing.map(({ agentVersion }) => ({ ...entry, agentVersion }));
}

function isFor(entry: Failing, failing: Failing): boolean {
  const { agentVersion = failing.agentVersion } = entry;
  return entry.case === failing.case && entry.code === failing.code && agentVersion === failing.agentVersion;
}

function isSame(one: Failing, other: Failing): boolean {
  return one.case === other.case && one.code === other.code;
}

function unique(entries: readonly KnownFailure[]): KnownFailure[] {
  return entries.filter(
    (each, index) =>
      entries.findIndex((other) => other.case === each.case && other.agentVersion === each.agentVersion) === index,
  );
}
