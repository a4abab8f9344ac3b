import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import type { EventLog } from "../report/event-log.ts";
import type { CitedClause, ReportedCase, RunEnded, SuiteName } from "../report/run-event.ts";
import { suiteVersion } from "../report/suite-version.ts";
import type { Calibration } from "./calibrate.ts";
import { caseRunner } from "./case-runner.ts";
import { catalogueDigest } from "./catalogue-digest.ts";
import type { CaseSurroundings } from "./execute-case.ts";
import { EXIT } from "./exit-code.ts";
import { applyKnownFailure, type KnownFailure, knownFailureProblems } from "./known-failures.ts";
import { mountCases } from "./mount.ts";
import type { CaseResult } from "./outcome.ts";
import type { Profile } from "./profile.ts";
import { runMocha } from "./run-mocha.ts";
import { selectCases } from "./select-cases.ts";
import { judge, type Verdict } from "./verdict.ts";

/** One run of one suite against one target. */
export interface SuiteRun<Case extends CaseRecord> {
  readonly suite: SuiteName;
  readonly catalogue: readonly Case[];
  readonly clauses: ClauseIndex;
  readonly surroundings: CaseSurroundings<Case>;
  readonly profile: Profile;
  readonly jobs: number;
  readonly filter?: string;
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

/** A verdict with what the reports say besides. */
type JudgedRun = Verdict & Pick<RunEnded, "knownFailureProblems">;

/** Runs the selected cases, logs everything, and judges. */
export async function runSuite<Case extends CaseRecord>(run: SuiteRun<Case>): Promise<Verdict> {
  const { suite, log, filter, catalogue, clauses } = run;
  const { cases, matched } = selectCases(catalogue, filter);
  const places = [...clauses.keys()];
  log.append({
    type: "run-started",
    suite,
    at: new Date().toISOString(),
    target: run.target,
    agentVersion: run.agentVersion,
    features: run.features,
    suiteVersion: suiteVersion(),
    catalogue: { cases: catalogue.length, digest: catalogueDigest(catalogue) },
    profile: run.profile.name,
    floor: run.profile.floor,
    seed: run.surroundings.run.seed,
    timeScale: run.surroundings.run.timeScale,
    calibration: run.calibration,
    filter,
    caseCount: cases.length,
  });
  const verdict = matched === 0 ? nothingMatched(filter) : await runCases(run, cases);
  log.append({ type: "run-ended", suite, at: new Date().toISOString(), ...verdict });
  return verdict;

  async function runCases(run: SuiteRun<Case>, cases: readonly Case[]): Promise<JudgedRun> {
    const today = new Date().toISOString().slice(0, 10);
    const runner = caseRunner({
      ...run,
      cases,
      onBegin: (record) => log.append({ type: "case-started", suite, id: record.id }),
    });
    const byId = new Map(cases.map((each) => [each.id, each]));
    const results = new Map<string, CaseResult>();
    const end = (result: CaseResult) => {
      results.set(result.id, result);
      log.append({ type: "case-ended", suite, case: reported(byId.get(result.id)!, result) });
    };
    const strays = await runMocha((root) =>
      mountCases(root, cases, clauses, async (id) => {
        const result = applyKnownFailure(await runner.resultOf(id), run.knownFailures, today);
        end(result);
        return result;
      }),
    );
    for (const { caseId, error } of strays) {
      const result = results.get(caseId) ?? (await runner.resultOf(caseId));
      const reason = `an error that no case made, while this one was waited for: ${error instanceof Error ? error.stack : error}`;
      end({ ...result, outcome: "harness-error", reason });
    }
    const ended = [...results.values()];
    const problems = knownFailureProblems(run.knownFailures, ended, catalogue, filter !== undefined, today);
    const verdict = judge({
      results: ended,
      knownFailureProblems: problems,
      filtered: filter !== undefined,
      profile: run.profile,
    });
    return { ...verdict, knownFailureProblems: problems };
  }

  function reported(record: CaseRecord, result: CaseResult): ReportedCase {
    const cited = record.clauses.map(citedClause);
    const broken = result.failure?.clause;
    const beyond = broken !== undefined && !record.clauses.includes(broken);
    const { page = "", topic = "", place = -1 } = cited[0] ?? {};
    return {
      ...result,
      title: record.title,
      clauses: cited,
      ...(beyond ? { brokenClause: citedClause(broken) } : {}),
      place,
      page,
      topic,
      twin: record.twin,
      repro: run.repro(record.id),
    };
  }

  function citedClause(id: string): CitedClause {
    const { sentence = "", level, file: page = "", topic = "" } = clauses.get(id) ?? {};
    return { id, sentence, level, page, topic, place: places.indexOf(id) };
  }
}

function nothingMatched(filter: string | undefined): JudgedRun {
  const what = filter === undefined ? "there is no case" : `the filter "${filter}" matches no case`;
  return { exitCode: EXIT.tooLittleRan, sentences: [`${what}, so nothing ran`], knownFailureProblems: [] };
}
