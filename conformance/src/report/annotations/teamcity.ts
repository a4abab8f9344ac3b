import { createHash } from "node:crypto";
import type { Finding } from "./finding.ts";

/** A build with more problems than these is not read any more; the tests tab has all of them. */
export const TEAMCITY_SHOWS = 50;

/** What TeamCity takes at most for a problem. */
const DESCRIPTION_CHARACTERS_MAX = 4000;
const IDENTITY_DIGITS = 40;

/** Service messages for TeamCity: the JUnit report for its tests tab, and a build problem or a warning for each finding. */
export function teamcityLines(findings: readonly Finding[], junit: string): string[] {
  return [
    `##teamcity[importData type='junit' path='${escapeValue(junit)}']`,
    ...findings.map(({ severity, key, title, text }) => {
      const description = `${title}\n${text}`.slice(0, DESCRIPTION_CHARACTERS_MAX);
      if (severity === "warning") return `##teamcity[message text='${escapeValue(description)}' status='WARNING']`;
      return `##teamcity[buildProblem description='${escapeValue(description)}' identity='${identityOf(key)}']`;
    }),
  ];
}

/** TeamCity reads a service message in any line that has one. */
export function teamcityShield(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/##(?=teamcity\[)/gi, "# #"));
}

/** TeamCity takes few characters for it and no spaces. */
function identityOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, IDENTITY_DIGITS);
}

function escapeValue(text: string): string {
  return text
    .replace(/[|'[\]]/g, "|$&")
    .replaceAll("\n", "|n")
    .replaceAll("\r", "|r")
    .replace(/[\u0080-\uffff]/g, (unit) => `|0x${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
