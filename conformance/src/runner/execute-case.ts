import { within } from "../attach/within.ts";
import type { CaseRecord } from "../case.ts";
import type { ClauseLevel } from "../clauses/clause.ts";
import type { TranscriptEntry } from "../report/transcript.ts";
import { isRequiredLevel } from "./case-level.ts";
import { type CaseScope, openCaseScope, type RunScope } from "./case-scope.ts";
import { ConformanceFailure, type FailureFacts, NotApplicable, TargetUnreachable } from "./failure.ts";
import { likelyCause } from "./likely-cause.ts";
import type { CaseResult, Outcome } from "./outcome.ts";

/** What executing a case needs to know about the target. */
export interface CaseSurroundings<Case extends CaseRecord> {
  readonly run: RunScope;
  /** The longest the case takes, before it is stretched. */
  longestMs(record: Case): number;
  /** Why the case does not apply to this target; undefined when it does. */
  inapplicable(record: Case): string | undefined;
  /** Does the case's work. */
  perform(record: Case, scope: CaseScope): Promise<void>;
  /** After a negative case: why the target no longer serves; undefined when it does. */
  dead?(): Promise<string | undefined>;
  /** Told what went over the wire in every case that ran, however it ended; results hold only what needs explaining. */
  onWire?(record: Case, entries: readonly TranscriptEntry[], attempt: number): void;
}

type Ending = Pick<CaseResult, "outcome" | "failure" | "reason">;

/** What a case that ran out of time has to find out that its peers are closed, so that it does not go on beside the next case. */
const LEAVING_MS = 2_000;

const MET: Ending = { outcome: "pass" };

/** Runs one case once, whatever happens to it, and says how it ended; `attempt` counts the runs of a case, from 1. Never throws. */
export async function executeCase<Case extends CaseRecord>(
  record: Case,
  level: ClauseLevel,
  surroundings: CaseSurroundings<Case>,
  attempt = 1,
): Promise<CaseResult> {
  const inapplicable = surroundings.inapplicable(record);
  if (inapplicable !== undefined) return unrun(record.id, level, "not-applicable", inapplicable);

  const beginMs = performance.now();
  let scope: CaseScope;
  try {
    scope = openCaseScope(record, surroundings.run, attempt);
  } catch (error) {
    return unrun(record.id, level, "harness-error", reasonOf(error));
  }
  const boundMs = scope.context.scaledMs(surroundings.longestMs(record));
  const work = surroundings.perform(record, scope).then(
    () => MET,
    (error: unknown) => endingOf(error),
  );
  let ending = (await within(work, boundMs)) ?? timedOut(boundMs);
  const faults = await scope.cleanup.run();
  await within(work, scope.context.scaledMs(LEAVING_MS));
  if (ending === MET && faults.length > 0) ending = endingOf(faults[0]);
  if (ending === MET && record.twin !== undefined) ending = await afterwards(surroundings);
  if (ending === MET && scope.observations.length > 0) ending = { outcome: "observed" };
  if (ending.outcome === "fail" && !isRequiredLevel(level)) ending = { ...ending, outcome: "warn" };

  surroundings.onWire?.(record, scope.transcript.entries(), attempt);
  const explained = ending.outcome !== "pass" && ending.outcome !== "observed" && ending.outcome !== "not-applicable";
  return {
    id: record.id,
    level,
    ...ending,
    durationMs: Math.round(performance.now() - beginMs),
    observations: scope.observations,
    timeline: explained ? scope.transcript.entries() : [],
  };
}

/** The result of a case whose work was not begun. */
export function unrun(id: string, level: ClauseLevel, outcome: Outcome, reason: string): CaseResult {
  return { id, level, outcome, reason, durationMs: 0, observations: [], timeline: [] };
}

function timedOut(boundMs: number): Ending {
  return failing({
    code: "case-timed-out",
    expected: `the case to end within ${Math.round(boundMs)} ms`,
    actual: "it was still waiting for the target; the timeline shows for what",
  });
}

async function afterwards<Case extends CaseRecord>(surroundings: CaseSurroundings<Case>): Promise<Ending> {
  const reason = await surroundings.dead?.();
  if (reason === undefined) return MET;
  return failing({
    code: "not-alive",
    clause: "ERR-007",
    expected: "the agent to go on serving after this case: a good Negotiate is answered",
    actual: reason,
  });
}

function endingOf(error: unknown): Ending {
  if (error instanceof NotApplicable) return { outcome: "not-applicable", reason: error.message };
  if (error instanceof ConformanceFailure) return failing(error);
  if (error instanceof TargetUnreachable) {
    return failing({
      code: "target-unreachable",
      expected: "the target to start, stop and be driven as at the beginning of the run",
      actual: error.message,
    });
  }
  return { outcome: "harness-error", reason: reasonOf(error) };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function failing({ code, expected, actual, message, clause, hint = likelyCause(code) }: FailureFacts): Ending {
  const facts = { code, message: message ?? `expected ${expected}, got ${actual}`, expected, actual };
  return {
    outcome: "fail",
    failure: { ...facts, ...(clause === undefined ? {} : { clause }), ...(hint === undefined ? {} : { hint }) },
  };
}
