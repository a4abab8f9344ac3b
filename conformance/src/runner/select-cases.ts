import { matchesGlob } from "node:path";
import type { CaseRecord } from "../case.ts";

/** The cases of a run. */
export interface Selection<Case extends CaseRecord> {
  /** In the order of the catalogue, every twin before the cases that rest on it. */
  readonly cases: readonly Case[];
  /** How many the filter itself matched; the others are twins of these. */
  readonly matched: number;
}

/** Chooses one case by its id, or cases by a part of the id or of a clause id, or by a glob over either; without a filter all. */
export function selectCases<Case extends CaseRecord>(all: readonly Case[], filter?: string): Selection<Case> {
  const byId = new Map(all.map((each) => [each.id, each]));
  const exact = filter === undefined ? undefined : byId.get(filter);
  const matching = exact ? [exact] : all.filter((each) => filter === undefined || matches(each, filter));
  return { cases: withTwins(all, matching), matched: matching.length };
}

/** Some cases of a catalogue, and the twins they rest on, every twin before the cases that rest on it. */
export function withTwins<Case extends CaseRecord>(all: readonly Case[], some: readonly Case[]): Case[] {
  const byId = new Map(all.map((each) => [each.id, each]));
  const chosen = new Map<string, Case>();
  for (const each of some) addAfterTwin(each);
  return [...chosen.values()];

  function addAfterTwin(each: Case): void {
    const twin = each.twin === undefined ? undefined : byId.get(each.twin);
    if (twin !== undefined && !chosen.has(twin.id)) addAfterTwin(twin);
    chosen.set(each.id, each);
  }
}

function matches(record: CaseRecord, filter: string): boolean {
  const wanted = filter.toLowerCase();
  return [record.id, ...record.clauses].some((name) => {
    const text = name.toLowerCase();
    return text.includes(wanted) || matchesGlob(text, wanted);
  });
}
