import type { Finding } from "./finding.ts";

/**
 * The findings that a service shows: at most `most` errors and as many warnings. Where there are more, the last one says how many and where
 * all of them are, because a service drops in silence what is too much for it.
 */
export function bounded(findings: readonly Finding[], most: number, report: string): Finding[] {
  return (["error", "warning"] as const).flatMap((severity) => {
    const all = findings.filter((each) => each.severity === severity);
    if (all.length <= most) return all;
    const left = all.length - (most - 1);
    const title = `${left} more ${severity}s`;
    const rest = { severity, key: `more ${severity}s`, title, text: `All of them are in ${report}.`, kind: "more" };
    return [...all.slice(0, most - 1), rest];
  });
}
