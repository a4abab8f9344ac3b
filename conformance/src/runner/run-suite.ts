import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { specificationOf } from "../clauses/specification.ts";
import type { EventLog } from "../report/event-log.ts";
import type { ReportedCase, RunEnded, SuiteName } from "../report/run-event.ts";
import { suiteVersion } from "../report/suite-version.ts";
import { traceDirectory } from "../report/trace-directory.ts";
import type { Calibration } from "./calibrate.ts";
import { caseRunner } from "./case-runner.ts";
import { catalogueDigest } from "./catalogue-digest.ts";
import { brokenClauseOf, describeCase } from "./describe-case.ts";
import type { CaseSurroundings } from "./execute-case.ts";
import { EXIT } from "./exit-code.ts";
import { applyKnownFailure, knownFailureProblems } from "./known-failures.ts";
import type { KnownFailure } from "./known-failures-file.ts";
import { mountCases } from "./mount.ts";
import type { CaseResult } from "./outcome.ts";
import type { Profile } from "./profile.ts";
import { runMocha } from "./run-mocha.ts";
import { type Selection, selectCases } from "./select-cases.ts";
import { type Shard, shardName } from "./shard.ts";
import { type JudgedLevel, judge, type Verdict } from "./verdict.ts";

/** One run of one suite against one target. */
export interface SuiteRun<Case extends CaseRecord> {
  readonly suite: SuiteName;
  readonly catalogue: readonly Case[];
  readonly clauses: ClauseIndex;
  readonly surroundings: CaseSurroundings<Case>;
  readonly profile: Profile;
  readonly jobs: number;
  readonly filter?: string;
  /** The step on the way to conformance that the run is narrowed to, and the ids of its cases. */
  readonly level?: JudgedLevel & { readonly ids: ReadonlySet<string> };
  readonly shard?: Shard;
  readonly knownFailures: readonly KnownFailure[];
  /** Where a folder with a trace of every case goes; nowhere when absent. */
  readonly traceDir?: string;
  readonly log: EventLog;
  /** What the reports say about the target and the machine. */
  readonly target: string;
  readonly agentVersion?: number;
  /** What a server was set to be, such as `Otter 2.2.10`. */
  readonly productVersion?: string;
  readonly features?: readonly string[];
  readonly calibration: Calibration;
  /** The command line that repeats one case. */
  repro(id: string): string;
}

/** A verdict with what the reports say besides. */
type JudgedRun = Verdict & Pick<RunEnded, "knownFailureProblems">;

/** Runs the selected cases, logs everything, and judges. */
export async function runSuite<Case extends CaseRecord>(run: SuiteRun<Case>): Promise<Verdict> {
  const { suite, log, filter, level, shard, catalogue, clauses } = run;
  const selection = selectCases(catalogue, { filter, levelIds: level?.ids, shard });
  const surroundings = withTraces(run);
  log.append({
    type: "run-started",
    suite,
    at: new Date().toISOString(),
    target: run.target,
    agentVersion: run.agentVersion,
    productVersion: run.productVersion,
    features: run.features,
    suiteVersion: suiteVersion(),
    catalogue: { cases: catalogue.length, digest: catalogueDigest(catalogue) },
    specification: specificationOf(clauses),
    profile: run.profile.name,
    floor: run.profile.floor,
    seed: run.surroundings.run.seed,
    timeScale: run.surroundings.run.timeScale,
    calibration: run.calibration,
    filter,
    level: level?.name,
    shard,
    caseCount: selection.reported.length,
  });
  const verdict = nothingToRun(run, selection) ?? (await runCases(run, selection));
  log.append({ type: "run-ended", suite, at: new Date().toISOString(), ...verdict });
  return verdict;

  async function runCases(run: SuiteRun<Case>, { cases, reported: own }: Selection<Case>): Promise<JudgedRun> {
    const today = new Date().toISOString().slice(0, 10);
    const byId = new Map(own.map((each) => [each.id, each]));
    const runner = caseRunner({
      ...run,
      surroundings,
      cases,
      onBegin(record) {
        if (byId.has(record.id)) log.append({ type: "case-started", suite, id: record.id });
      },
    });
    const results = new Map<string, CaseResult>();
    const end = (result: CaseResult) => {
      results.set(result.id, result);
      log.append({ type: "case-ended", suite, case: reported(byId.get(result.id)!, result) });
    };
    const strays = await runMocha((root) =>
      mountCases(root, own, clauses, {
        async run(id) {
          const result = applyKnownFailure(await runner.resultOf(id), run.knownFailures, today);
          end(result);
          return result;
        },
        inWords: (result) => result.outcome, // nobody reads it: everything is in the log
      }),
    );
    for (const { caseId, error } of strays) {
      const result = results.get(caseId) ?? (await runner.resultOf(caseId));
      const reason = `an error that no case made, while this one was waited for: ${error instanceof Error ? error.stack : error}`;
      end({ ...result, outcome: "harness-error", reason });
    }
    const ended = [...results.values()];
    const partial = filter !== undefined || level !== undefined || shard !== undefined;
    const problems = knownFailureProblems(run.knownFailures, ended, catalogue, partial, today);
    const verdict = judge({
      results: ended,
      knownFailureProblems: problems,
      filtered: filter !== undefined,
      level,
      shard,
      profile: run.profile,
    });
    return { ...verdict, knownFailureProblems: problems };
  }

  function reported(record: CaseRecord, result: CaseResult): ReportedCase {
    const brokenClause = brokenClauseOf(record, result.failure?.clause, clauses);
    return {
      ...result,
      ...describeCase(record, clauses),
      ...(brokenClause === undefined ? {} : { brokenClause }),
      repro: run.repro(record.id),
    };
  }
}

function withTraces<Case extends CaseRecord>(run: SuiteRun<Case>): CaseSurroundings<Case> {
  const { surroundings, traceDir, log, suite, agentVersion } = run;
  if (traceDir === undefined) return surroundings;
  const directory = traceDirectory(traceDir, log.events, suite, agentVersion);
  return { ...surroundings, run: { ...surroundings.run, traceDirectory: directory } };
}

function nothingToRun<Case extends CaseRecord>(
  { filter, level, shard }: SuiteRun<Case>,
  { matched, reported }: Selection<Case>,
): JudgedRun | undefined {
  if (reported.length > 0) return undefined;
  const among = level === undefined ? "" : ` of the level ${level.name}`;
  const what = filter === undefined ? `there is no case${among}` : `the filter "${filter}" matches no case${among}`;
  const empty = `shard ${shard && shardName(shard)} is empty, because there are fewer cases than shards`;
  const sentence = `${matched === 0 ? what : empty}, so nothing ran`;
  return { exitCode: EXIT.tooLittleRan, sentences: [sentence], knownFailureProblems: [] };
}
