import type { Finding } from "./finding.ts";

/** GitHub shows ten errors and ten warnings of a step. */
export const GITHUB_SHOWS = 10;

/** Findings as workflow commands of GitHub Actions: annotations of the run. */
export function githubLines(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ severity, title, text }) => `::${severity} title=${escapeProperty(title)}::${escapeData(text)}`,
  );
}

/** Between these two GitHub reads no command in a line. The token must be one that the lines between cannot know. */
export function githubShield(lines: readonly string[], token: string): string[] {
  return [`::stop-commands::${token}`, ...lines, `::${token}::`];
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
