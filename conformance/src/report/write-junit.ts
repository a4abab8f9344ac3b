import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import imported, { type Builder, type TestCase } from "junit-report-builder";
import { EXIT } from "../runner/exit-code.ts";
import type { Outcome } from "../runner/outcome.ts";
import { quotedClauses } from "./quoted-clauses.ts";
import type { Results, RunResults } from "./results.ts";
import type { ReportedCase, SuiteName } from "./run-event.ts";
import { timelineLines } from "./timeline.ts";
import { verdictWords, whyRed } from "./verdict-words.ts";
import { visibleText } from "./visible-text.ts";

// The declarations speak of a default export; what Node imports is the CommonJS export itself, which is the builder.
const junit = imported as unknown as Builder;

const FAILURES: readonly Outcome[] = ["fail", "blocked", "unexpected-pass"];
const SKIPS: readonly Outcome[] = ["not-applicable", "expected-failure"];

/** Writes junit.xml: a test suite for each page of the specification, the clause ids as properties of each test case. */
export function writeJunit(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${buildJunit(results)}\n`);
}

/** The same as text. */
export function buildJunit(results: Results): string {
  const report = junit.newBuilder().name("berth-conformance");
  for (const run of results.runs) {
    for (const page of new Set(run.cases.map((each) => each.page))) addSuite(report, run, page);
  }
  if (results.exitCode !== EXIT.conformant && !hasRedCase(results)) addVerdict(report, results);
  return report.build();
}

function addSuite(report: Builder, run: RunResults, page: string): void {
  const cases = run.cases.filter((each) => each.page === page);
  const suite = report.testSuite().name(`${run.label} ${page}`).timestamp(timestampOf(run.at));
  suite.time(cases.reduce((sum, each) => sum + each.durationMs, 0) / 1000);
  for (const [name, value] of properties(run)) suite.property(name, value);
  for (const each of cases) addCase(suite.testCase(), each, run);
}

function hasRedCase({ counts }: Results): boolean {
  return [...FAILURES, "harness-error" as const].some((outcome) => counts[outcome] > 0);
}

/** Where no case is red and the verdict is, it is a test case of its own: many readers look at nothing else. */
function addVerdict(report: Builder, results: Results): void {
  const verdict = report.testSuite().name("verdict").time(0).testCase();
  verdict.className("verdict").name("the command exits with 0").time(0);
  verdict
    .failure(verdictWords(results), `exit-${results.exitCode}`)
    .stacktrace(insideCdata(visibleText(whyRed(results).join("\n"))));
}

/** In UTC and without a zone, which is the form that the readers know. */
function timestampOf(at: string): string {
  return at.slice(0, "2026-01-01T00:00:00".length);
}

function properties(run: RunResults): [string, string][] {
  return [
    ["target", run.target],
    ["suite version", run.suiteVersion],
    ["profile", `${run.profile}, at least ${run.floor} required cases; ${run.executedRequired} ran`],
    ["seed", run.seed],
    ...(run.agentVersion === undefined ? [] : [["agent version", String(run.agentVersion)] as [string, string]]),
    ...(run.filter === undefined ? [] : [["filter", run.filter] as [string, string]]),
    ...(run.shard === undefined ? [] : [["shard", `${run.shard.index}/${run.shard.count}`] as [string, string]]),
    ["verdict", run.sentences.join("; ")],
  ];
}

function addCase(test: TestCase, each: ReportedCase, { suite, label }: RunResults): void {
  test.className(`${label}.${each.page}.${each.topic}`).name(`${each.id}: ${each.title}`);
  test.time(each.durationMs / 1000);
  for (const clause of each.clauses) test.property("clause", clause.id);
  test.property("level", each.level).property("outcome", each.outcome);
  if (each.reason !== undefined) test.property("reason", visibleText(each.reason));
  const why = visibleText(each.failure?.message ?? each.reason ?? each.outcome);
  if (FAILURES.includes(each.outcome))
    test.failure(why, each.failure?.code ?? each.outcome).stacktrace(details(each, suite));
  else if (each.outcome === "harness-error") test.error(why, each.outcome, details(each, suite));
  else if (each.outcome !== "pass") {
    if (SKIPS.includes(each.outcome)) test.skipped();
    test.standardOutput(details(each, suite)); // a reader has no other place for why it was skipped, or passed with a warning
  }
}

function details(each: ReportedCase, suite: SuiteName): string {
  const { failure } = each;
  return [
    `${each.id} [${each.outcome}] ${each.title}`,
    ...quotedClauses(each).map((clause) => `requirement ${clause.id}: ${clause.sentence}`),
    ...(failure ? [`expected: ${failure.expected}`, `actual: ${failure.actual}`, `code: ${failure.code}`] : []),
    ...(failure?.hint === undefined ? [] : [`likely: ${failure.hint}`]),
    ...(each.reason === undefined ? [] : [`reason: ${each.reason}`]),
    ...each.observations.map((fact) => `observed: ${fact}`),
    ...(each.timeline.length === 0 ? [] : ["timeline:", ...timelineLines(each.timeline, suite)]),
    `again: ${each.repro}`,
  ]
    .map((line) => insideCdata(visibleText(line)))
    .join("\n");
}

/** The builder splits the first end of a CDATA section that it meets in a text, and no other. */
function insideCdata(text: string): string {
  return text.replaceAll("]]>", "]]\\u{3e}");
}
