import { styleText } from "node:util";
import type { Outcome } from "../runner/outcome.ts";
import { quotedClauses } from "./quoted-clauses.ts";
import { countLine, type Results, type RunResults } from "./results.ts";
import type { ReportedCase } from "./run-event.ts";
import { timelineLines } from "./timeline.ts";
import { visibleText } from "./visible-text.ts";

const MARKS: Readonly<Record<Outcome, { mark: string; color: "green" | "red" | "yellow" | "gray" | "cyan" }>> = {
  pass: { mark: "✓", color: "green" },
  observed: { mark: "○", color: "cyan" },
  fail: { mark: "✗", color: "red" },
  warn: { mark: "!", color: "yellow" },
  "not-applicable": { mark: "–", color: "gray" },
  blocked: { mark: "■", color: "red" },
  "expected-failure": { mark: "≈", color: "yellow" },
  "unexpected-pass": { mark: "↯", color: "red" },
  flaky: { mark: "~", color: "yellow" },
  "harness-error": { mark: "?", color: "red" },
};

const LINE_CHARACTERS_MAX = 240;

type Style = Parameters<typeof styleText>[0];

/** Everything a person reads on the console; the last line is the count, the notes stand above the verdict. */
export function consoleLines(results: Results, colored: boolean, notes: readonly string[] = []): string[] {
  const paint = (style: Style, text: string) => (colored ? styleText(style, text, { validateStream: false }) : text);
  return [
    ...results.runs.flatMap((run) => runLines(run, paint)),
    ...summaryTable(results),
    "",
    ...results.runs.flatMap(digestLine),
    ...notes,
    ...results.runs.flatMap((run) => run.sentences.map((sentence) => `${run.label}: ${visibleText(sentence)}`)),
    ...gateLines(results),
    countLine(results.counts),
  ];
}

/** What a claim of the run is known by; it has one only when all cases were run. */
function digestLine({ label, digest }: RunResults): string[] {
  return digest === undefined ? [] : [`${label}: digest ${digest} (berth-conformance verify)`];
}

type Paint = (style: Style, text: string) => string;

function runLines(run: RunResults, paint: Paint): string[] {
  return [
    paint("bold", visibleText(`${run.label} under test: ${run.target}`)),
    aboutLine(run),
    "",
    ...tree(run, paint),
    ...details(run, paint),
  ];
}

function aboutLine(run: RunResults): string {
  const about = [
    ...(run.agentVersion === undefined ? [] : [`announces version ${run.agentVersion}`]),
    ...(run.features === undefined ? [] : [`features ${run.features.join(", ") || "none"}`]),
    `profile ${run.profile}`,
    `seed ${run.seed}`,
    `bounds × ${run.timeScale.toFixed(1)}`,
  ];
  return about.join(" · ");
}

/** The cases below the headings of the specification. */
function tree(run: RunResults, paint: Paint): string[] {
  const idWidth = Math.max(0, ...run.cases.map((each) => each.id.length));
  return unique(run.cases.map((each) => each.page)).flatMap((page) => {
    const onPage = run.cases.filter((each) => each.page === page);
    const topics = unique(onPage.map((each) => each.topic)).flatMap((topic) => [
      `  ${topic}`,
      ...onPage.filter((each) => each.topic === topic).map((each) => caseLine(each, idWidth, paint)),
    ]);
    return [paint("bold", page), ...topics, ""];
  });
}

function caseLine(each: ReportedCase, idWidth: number, paint: Paint): string {
  const { mark, color } = MARKS[each.outcome];
  const why =
    each.outcome === "not-applicable" || each.outcome === "blocked" ? `: ${visibleText(each.reason ?? "")}` : "";
  const note = each.outcome === "pass" ? "" : ` [${each.outcome}${why}]`;
  const took = each.durationMs >= 1000 ? ` (${(each.durationMs / 1000).toFixed(1)} s)` : "";
  return `    ${paint(color, mark)} ${each.clauses[0]?.id.padEnd(8)} ${each.id.padEnd(idWidth)}  ${each.title}${took}${paint(color, note)}`;
}

/** Requirement, expected, actual, the wire, and how to see it again, for whatever needs explaining. */
function details(run: RunResults, paint: Paint): string[] {
  const explained = run.cases.filter((each) => !["pass", "not-applicable", "blocked"].includes(each.outcome));
  return explained.flatMap((each) => [
    paint("bold", `${MARKS[each.outcome].mark} ${each.id} [${each.outcome}] ${each.title}`),
    ...citedLines(each),
    ...(each.failure
      ? [
          labelled("expected", each.failure.expected),
          labelled("actual", each.failure.actual),
          ...(each.failure.hint === undefined ? [] : [labelled("likely", each.failure.hint)]),
          `    code        ${each.failure.code}`,
        ]
      : []),
    ...(each.reason === undefined ? [] : [labelled("reason", each.reason)]),
    ...each.observations.map((fact) => labelled("observed", fact)),
    ...(each.timeline.length === 0 ? [] : ["    timeline"]),
    ...timelineLines(each.timeline, run.suite).map((line) => `    ${cut(line)}`),
    ...(each.outcome === "observed" ? [] : [labelled("again", each.repro)]),
    "",
  ]);
}

/** A value of several lines stays below its label. */
function labelled(label: string, value: string): string {
  return `    ${label.padEnd(12)}${visibleText(value).replaceAll("\n", `\n${" ".repeat(16)}`)}`;
}

/** The console shows the beginning of a long message; the reports in files have all of it. */
function cut(line: string): string {
  return line.length <= LINE_CHARACTERS_MAX ? line : `${line.slice(0, LINE_CHARACTERS_MAX)}…`;
}

function citedLines(each: ReportedCase): string[] {
  return quotedClauses(each).map((clause) => `    requirement ${clause.id}: ${clause.sentence}`);
}

function summaryTable(results: Results): string[] {
  const rows = results.runs.flatMap((run) =>
    unique(run.cases.map((each) => each.page)).map((page) => {
      const cases = run.cases.filter((each) => each.page === page);
      const count = (...outcomes: Outcome[]) => cases.filter((each) => outcomes.includes(each.outcome)).length;
      const met = count("pass");
      const failed = count("fail");
      const inapplicable = count("not-applicable");
      return [`${run.label} ${page}`, met, failed, inapplicable, cases.length - met - failed - inapplicable];
    }),
  );
  if (rows.length === 0) return [];
  const table = [["", "passed", "failed", "not applicable", "other"], ...rows].map((row) => row.map(String));
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  "),
  );
}

function gateLines({ clauseGate }: Results): string[] {
  if (clauseGate === undefined) return [];
  const { required, covered, excused, gaps } = clauseGate;
  return [
    `clauses: ${required} required, ${covered} judged by cases, ${excused} not, with a reason, ${gaps.length} gaps`,
    ...gaps.map((gap) => `  gap: ${gap}`),
  ];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
