import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AZURE_SHOWS, azureLines, azureShield } from "../report/annotations/azure.ts";
import { bounded } from "../report/annotations/bounded.ts";
import { type CiService, ciServiceOf } from "../report/annotations/ci-service.ts";
import { findingsOf } from "../report/annotations/finding.ts";
import { GITHUB_SHOWS, githubLines, githubShield } from "../report/annotations/github.ts";
import { GITLAB_SHOWS, gitlabReport } from "../report/annotations/gitlab.ts";
import { jobSummary } from "../report/annotations/job-summary.ts";
import { TEAMCITY_SHOWS, teamcityLines, teamcityShield } from "../report/annotations/teamcity.ts";
import { consoleLines } from "../report/console.ts";
import { reportPage } from "../report/report-page.ts";
import type { Results } from "../report/results.ts";
import { writeJson } from "../report/write-json.ts";
import { writeJunit } from "../report/write-junit.ts";
import { writeReport } from "../report/write-report.ts";
import type { ReportOptions } from "./report-options.ts";

/** Writes every report there is of the results, and prints the one for the console; its last line stays the count. */
export function writeReports(options: ReportOptions, results: Results, notes: readonly string[] = []): void {
  writeJson(options.json, results);
  writeJunit(options.junit, results);
  writeReport(options.html, reportPage(results));

  const places = [`report: ${options.html} (also ${options.json}, ${options.junit})`, ...notes];
  const lines = consoleLines(results, process.stdout.hasColors?.() ?? false, places);
  const { annotations = ciServiceOf(process.env) } = options;
  const annotated =
    annotations === undefined || annotations === "none" ? lines : withAnnotations(annotations, lines, options, results);
  for (const line of annotated) console.log(line);
}

/** What targets wrote is kept from being read as commands of the service. */
function withAnnotations(
  service: CiService,
  lines: readonly string[],
  options: ReportOptions,
  results: Results,
): string[] {
  const [body, counts] = [lines.slice(0, -1), lines.slice(-1)];
  const findings = (most: number) => bounded(findingsOf(results), most, options.html);
  switch (service) {
    case "github": {
      const summary = process.env.GITHUB_STEP_SUMMARY;
      if (summary) appendFileSync(summary, jobSummary(results, options.html));
      const token = randomBytes(16).toString("hex");
      return [...githubShield(body, token), ...githubLines(findings(GITHUB_SHOWS)), ...counts];
    }
    case "azure":
      return [...azureShield(body), ...azureLines(findings(AZURE_SHOWS)), ...counts];
    case "teamcity":
      return [...teamcityShield(body), ...teamcityLines(findings(TEAMCITY_SHOWS), options.junit), ...counts];
    case "gitlab": {
      const file = join(dirname(options.json), "gl-code-quality-report.json");
      writeReport(file, gitlabReport(findings(GITLAB_SHOWS)));
      return [...body, `code quality report: ${file}`, ...counts];
    }
  }
}
