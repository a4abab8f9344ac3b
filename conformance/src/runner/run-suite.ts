import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import type { EventLog } from "../report/event-log.ts";
import type { ReportedCase, SuiteName } from "../report/run-event.ts";
import type { Calibration } from "./calibrate.ts";
import { caseRunner } from "./case-runner.ts";
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
  readonly log: EventLog;
  /** What the reports say about the target and the machine. */
  readonly target: string;
  readonly agentVersion?: number;
  readonly features?: readonly string[];
  readonly calibration: Calibration;
  /** The command line that repeats one case. */
  repro(id: string): string;
}

/** Runs the selected cases, logs everything, and judges. */
export async function runSuite<Case extends CaseRecord>(run: SuiteRun<Case>): Promise<Verdict> {
  const { suite, log, filter, level, shard, catalogue, clauses } = run;
  const selection = selectCases(catalogue, { filter, levelIds: level?.ids, shard });
  const places = [...clauses.keys()];
  log.append({
    type: "run-started",
    suite,
    at: new Date().toISOString(),
    target: run.target,
    agentVersion: run.agentVersion,
    features: run.features,
    profile: run.profile.name,
    seed: run.surroundings.run.seed,
    timeScale: run.surroundings.run.timeScale,
    calibration: run.calibration,
    filter,
    level: level?.name,
    shard,
    caseCount: selection.reported.length,
  });
  const verdict = nothingToRun(run, selection) ?? (await runCases(run, selection));
  log.append({ type: "run-ended", suite, ...verdict });
  return verdict;

  async function runCases(run: SuiteRun<Case>, { cases, reported: own }: Selection<Case>): Promise<Verdict> {
    const today = new Date().toISOString().slice(0, 10);
    const byId = new Map(own.map((each) => [each.id, each]));
    const runner = caseRunner({
      ...run,
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
    return judge({
      results: [...results.values()],
      knownFailureProblems: knownFailureProblems(
        run.knownFailures,
        [...results.values()],
        catalogue,
        filter !== undefined || level !== undefined || shard !== undefined,
        today,
      ),
      filtered: filter !== undefined,
      level,
      shard,
      profile: run.profile,
    });
  }

  function reported(record: CaseRecord, result: CaseResult): ReportedCase {
    const first = clauses.get(record.clauses[0]);
    return {
      ...result,
      title: record.title,
      clauses: record.clauses.map((id) => ({
        id,
        sentence: clauses.get(id)?.sentence ?? "",
        level: clauses.get(id)?.level,
      })),
      place: places.indexOf(record.clauses[0]),
      page: first?.file ?? "",
      topic: first?.topic ?? "",
      twin: record.twin,
      repro: run.repro(record.id),
    };
  }
}

function nothingToRun<Case extends CaseRecord>(
  { filter, level, shard }: SuiteRun<Case>,
  { matched, reported }: Selection<Case>,
): Verdict | undefined {
  if (reported.length > 0) return undefined;
  const among = level === undefined ? "" : ` of the level ${level.name}`;
  const what = filter === undefined ? `there is no case${among}` : `the filter "${filter}" matches no case${among}`;
  const empty = `shard ${shard && shardName(shard)} is empty, because there are fewer cases than shards`;
  return { exitCode: EXIT.tooLittleRan, sentences: [`${matched === 0 ? what : empty}, so nothing ran`] };
}
