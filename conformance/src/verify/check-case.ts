import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import type { ReportedCase } from "../report/run-event.ts";
import { caseLevel, isRequiredLevel } from "../runner/case-level.ts";
import { brokenClauseOf, describeCase } from "../runner/describe-case.ts";
import type { Outcome } from "../runner/outcome.ts";
import { differing } from "./differing.ts";

/** Outcomes of a case that went well or was not begun: there is nothing to explain. */
const UNEXPLAINED: readonly Outcome[] = ["pass", "observed", "not-applicable", "blocked"];
/** Outcomes that come of a failed expectation. */
const FAILED: readonly Outcome[] = ["fail", "warn", "flaky"];

/** What a reported case says that is not so by this suite's own record of it, or that cannot be of one and the same end. */
export function checkCase(record: CaseRecord, ended: ReportedCase, clauses: ClauseIndex): string[] {
  const own: Partial<ReportedCase> = {
    ...describeCase(record, clauses),
    level: caseLevel(record, clauses),
    brokenClause: brokenClauseOf(record, ended.failure?.clause, clauses),
  };
  const names = Object.keys(own) as readonly (keyof ReportedCase)[];
  return [
    ...names.flatMap((name) => differing(`"${name}"`, ended[name], own[name])),
    ...levelFaults(ended.outcome, own.level!),
    ...contradictions(ended),
  ].map((line) => `${record.id}: ${line}`);
}

function levelFaults(outcome: Outcome, level: ReportedCase["level"]): string[] {
  const wrong = isRequiredLevel(level) ? "warn" : "fail";
  return outcome === wrong ? [`it cannot end as ${outcome}, because its clauses say ${level}`] : [];
}

/** A failure, an observation or a timeline tells of another end than the one that is stated. */
function contradictions({ outcome, failure, observations, timeline }: ReportedCase): string[] {
  const said = `it is said to have ended as ${outcome}`;
  const isUnexplained = UNEXPLAINED.includes(outcome);
  return [
    ...(isUnexplained && failure !== undefined ? [`${said}, and has a failure: ${failure.code}`] : []),
    ...(isUnexplained && timeline.length > 0 ? [`${said}, and has a timeline, as only what needs explaining has`] : []),
    ...(FAILED.includes(outcome) && failure === undefined ? [`${said}, and has no failure`] : []),
    ...(outcome === "pass" && observations.length > 0 ? [`${said}, and has observations`] : []),
    ...(outcome === "observed" && observations.length === 0 ? [`${said}, and has no observation`] : []),
  ];
}
