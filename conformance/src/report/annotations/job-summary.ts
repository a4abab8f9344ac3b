import { countLine, type Results, type RunResults } from "../results.ts";
import { verdictWords } from "../verdict-words.ts";
import { bounded } from "./bounded.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** More than these nobody reads on the page of a build, which takes a megabyte at most. */
const FINDINGS_SHOWN = 50;

/** The results as Markdown for the page of a build: the verdict, a table of the runs, and what was found. */
export function jobSummary(results: Results, report: string): string {
  const findings = bounded(findingsOf(results), FINDINGS_SHOWN, report);
  return [
    `## Berth conformance: ${verdictWords(results)}`,
    "",
    "| run | verdict | required cases that ran | counts |",
    "| --- | --- | --- | --- |",
    ...results.runs.map(row),
    "",
    ...findings.map(details),
    "",
  ].join("\n");
}

function row(run: RunResults): string {
  const cells = [
    run.label,
    run.sentences.join("; "),
    `${run.executedRequired} of at least ${run.floor}`,
    countLine(run.counts),
  ];
  return `| ${cells.map(escapeCell).join(" | ")} |`;
}

function details({ severity, title, text }: Finding): string {
  const mark = severity === "error" ? "❌" : "⚠️";
  return `<details><summary>${mark} ${escapeHtml(title)}</summary>\n\n${fenced(text)}\n\n</details>`;
}

/** A block that nothing inside can end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function escapeCell(text: string): string {
  return escapeHtml(text.replaceAll("\n", " ")).replace(/[\\`*_[\]|~#]/g, "\\$&");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
