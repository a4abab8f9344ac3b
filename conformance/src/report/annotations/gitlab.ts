import { createHash } from "node:crypto";
import type { Finding } from "./finding.ts";

/** More than these nobody reads in a merge request; the JUnit report has all of them. */
export const GITLAB_SHOWS = 50;

/**
 * Findings as a code quality report of GitLab. It has to name a file and a line for each: this names the page of the specification, because
 * the suite knows no line of the target's source.
 */
export function gitlabReport(findings: readonly Finding[]): string {
  const issues = findings.map(({ severity, key, title, text, kind, page = "README.md" }) => ({
    description: `${title}\n${text}`,
    check_name: kind,
    fingerprint: createHash("sha256").update(key).digest("hex"),
    severity: severity === "error" ? "critical" : "minor",
    location: { path: `spec/${page}`, lines: { begin: 1 } },
  }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}
