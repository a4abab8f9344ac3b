import type { Finding } from "./finding.ts";

/** Azure Pipelines shows ten errors and ten warnings of a task. */
export const AZURE_SHOWS = 10;

/** Findings as logging commands of Azure Pipelines. */
export function azureLines(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ severity, kind, title, text }) =>
      `##vso[task.logissue type=${severity};code=${escapeProperty(kind)}]${escapeData(`${title}\n${text}`)}`,
  );
}

/** The agent of Azure Pipelines looks for its commands anywhere in a line. */
export function azureShield(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/##(?=(?:vso)?\[)/gi, "# #"));
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(";", "%3B").replaceAll("]", "%5D");
}
