import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import imported, { type Builder, type TestCase } from "junit-report-builder";
import type { Outcome } from "../runner/outcome.ts";
import type { Results, RunResults } from "./results.ts";
import type { ReportedCase, SuiteName } from "./run-event.ts";
import { timelineLines } from "./timeline.ts";

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
    for (const page of new Set(run.cases.map((each) => each.page))) {
      const suite = report.testSuite().name(`${run.label} ${page}`).timestamp(new Date(run.at));
      suite.property("target", run.target).property("seed", run.seed);
      for (const each of run.cases.filter((other) => other.page === page)) addCase(suite.testCase(), each, run);
    }
  }
  return report.build();
}

function addCase(test: TestCase, each: ReportedCase, { suite, label }: RunResults): void {
  test.className(`${label}.${each.page}.${each.topic}`).name(`${each.id}: ${each.title}`);
  test.time(each.durationMs / 1000);
  for (const clause of each.clauses) test.property("clause", clause.id);
  test.property("outcome", each.outcome);
  const why = each.failure?.message ?? each.reason ?? each.outcome;
  if (FAILURES.includes(each.outcome))
    test.failure(why, each.failure?.code ?? each.outcome).stacktrace(details(each, suite));
  else if (each.outcome === "harness-error") test.error(why, each.outcome, details(each, suite));
  else if (SKIPS.includes(each.outcome)) test.skipped();
  if (each.reason !== undefined) test.property("reason", each.reason);
  if (each.observations.length > 0) test.standardOutput(each.observations.join("\n"));
}

function details(each: ReportedCase, suite: SuiteName): string {
  return [
    ...each.clauses.map((clause) => `${clause.id}: ${clause.sentence}`),
    ...(each.failure ? [`expected: ${each.failure.expected}`, `actual: ${each.failure.actual}`] : []),
    ...timelineLines(each.timeline, suite),
    `again: ${each.repro}`,
  ].join("\n");
}
