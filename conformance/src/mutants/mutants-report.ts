import { readFileSync } from "node:fs";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { packageFile } from "../package-file.ts";
import type { KillGate } from "./kill-gate.ts";
import type { MutantResult } from "./mutant-result.ts";

/** What a run over the mutants came out as, for every report. */
export interface MutantsReport {
  readonly format: 1;
  readonly seed: string;
  readonly mutants: readonly MutantResult[];
  /** Absent where a filter left mutants out, because then nothing is known of the clauses. */
  readonly gate: KillGate | undefined;
  /** The page and the sentence of every clause that a mutant breaks, in the order of the specification. */
  readonly clauses: Readonly<Record<string, { readonly page: string; readonly sentence: string }>>;
}

export function mutantsReport(
  mutants: readonly MutantResult[],
  clauses: ClauseIndex,
  seed: string,
  gate: KillGate | undefined,
): MutantsReport {
  const broken = new Set(mutants.map(({ clause }) => clause));
  const sentences = [...clauses.values()]
    .filter(({ id }) => broken.has(id))
    .map(({ id, file, sentence }) => [id, { page: file, sentence }] as const);
  return { format: 1, seed, mutants, gate, clauses: Object.fromEntries(sentences) };
}

const DATA = /(<script type="application\/json" id="data">)[^<]*(<\/script>)/;

/** The kill matrix as one HTML page that needs nothing beside it. */
export function mutantsPage(report: MutantsReport): string {
  const page = readFileSync(packageFile("pages/mutants.html"), "utf8");
  // Nothing in the data can end the element it stands in.
  const data = JSON.stringify(report).replaceAll("<", "\\u003c");
  return page.replace(DATA, (_, before: string, after: string) => `${before}${data}${after}`);
}
