import type { Specification } from "../clauses/specification.ts";
import { readCatalogue } from "../cli/catalogue.ts";
import { type Results, type RunResults, resultsOf } from "../report/results.ts";
import type { CitedClause, ReportedCase, RunEvent } from "../report/run-event.ts";
import { ConformanceFailure } from "../runner/failure.ts";
import { ALL_ABILITIES, inapplicableToAgent } from "../runner/inapplicable-to-agent.ts";
import type { KnownFailure } from "../runner/known-failures-file.ts";
import { agentProfileName, readProfile } from "../runner/profile.ts";
import { runSuite } from "../runner/run-suite.ts";

/** What is otherwise than in the run of an agent 51, started by the suite, that keeps every clause. */
export interface MadeUp {
  /** The ids of cases that it fails. */
  readonly failing?: readonly string[];
  readonly knownFailures?: readonly KnownFailure[];
  readonly filter?: string;
  readonly byAddress?: boolean;
  readonly agentVersion?: number;
  readonly seed?: string;
  readonly target?: string;
}

/** Results for tests, as the runner itself makes them of all cases that judge agents; no case does its work, and there is no agent. */
export async function madeUpResults(madeUp: MadeUp = {}): Promise<Results> {
  const {
    failing = [],
    knownFailures = [],
    filter,
    byAddress = false,
    agentVersion = 51,
    seed = "5eed",
    target = "./agent",
  } = madeUp;
  const { agentCases, clauses } = readCatalogue();
  const facts = { agentVersion, features: agentVersion < 49 ? [] : ["server-identity@1", "zstd@1"] };
  const abilities = byAddress ? new Set<never>() : ALL_ABILITIES;
  const events: RunEvent[] = [];
  const { exitCode } = await runSuite({
    suite: "agent",
    catalogue: agentCases,
    clauses,
    surroundings: {
      run: { seed, nonce: "made-up", timeScale: 1, packages: [] },
      longestMs: () => 60_000,
      inapplicable: (record) => inapplicableToAgent(record, facts, abilities),
      async perform({ id }) {
        if (failing.includes(id)) {
          throw new ConformanceFailure({ code: "code-wrong", expected: "it to stop", actual: "it went on" });
        }
      },
    },
    profile: readProfile(agentProfileName(facts.agentVersion, byAddress))!,
    jobs: 8,
    filter,
    knownFailures,
    log: { events, append: (event) => void events.push(event) },
    target,
    ...facts,
    calibration: { roundTripMs: 1, timerLateMs: 1, stretch: 1 },
    repro: (id) => `berth-conformance agent --filter ${id} --seed ${seed} -- ${target}`,
  });
  return JSON.parse(JSON.stringify(resultsOf(events, exitCode))) as Results;
}

/** A copy with changes made in it. */
export function edited(results: Results, edit: (copy: EditableResults) => void): Results {
  const copy = structuredClone(results);
  edit(copy as EditableResults);
  return copy;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Results to write to, as far down as tests do. */
export interface EditableResults extends Writable<Omit<Results, "runs">> {
  runs: EditableRun[];
}

interface EditableRun
  extends Writable<Omit<RunResults, "cases" | "counts" | "features" | "catalogue" | "specification">> {
  cases: EditableCase[];
  counts: Writable<RunResults["counts"]>;
  features?: string[];
  catalogue: Writable<RunResults["catalogue"]>;
  specification?: Writable<Specification>;
}

interface EditableCase extends Writable<Omit<ReportedCase, "clauses" | "observations">> {
  clauses: Writable<CitedClause>[];
  observations: string[];
}
