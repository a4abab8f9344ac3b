import { matchesGlob } from "node:path";
import type { CaseRecord } from "../case.ts";
import { idsOfShard, type Shard } from "./shard.ts";

/** What a run is narrowed to. */
export interface Selecting {
  /** A case by its id, or cases by a part or a glob of their ids or clause ids. */
  readonly filter?: string;
  /** The ids of the cases that the run's level has. */
  readonly levelIds?: ReadonlySet<string>;
  readonly shard?: Shard;
}

/** The cases of a run. */
export interface Selection<Case extends CaseRecord> {
  /** What is executed, in the order of the catalogue, every twin before the cases that rest on it. */
  readonly cases: readonly Case[];
  /** What is reported and judged: all of these but the twins that another shard reports. */
  readonly reported: readonly Case[];
  /** How many the filter and the level matched, over all shards; the others are twins of these. */
  readonly matched: number;
}

/** Chooses cases; without anything to narrow it by all of them. */
export function selectCases<Case extends CaseRecord>(
  all: readonly Case[],
  { filter, levelIds, shard }: Selecting = {},
): Selection<Case> {
  const ofLevel = levelIds === undefined ? all : all.filter((each) => levelIds.has(each.id));
  const exact = ofLevel.find((each) => each.id === filter);
  const matching = exact ? [exact] : ofLevel.filter((each) => filter === undefined || matches(each, filter));
  const chosen = withTwins(all, matching);
  if (shard === undefined) return { cases: chosen, reported: chosen, matched: matching.length };

  const own = idsOfShard(
    chosen.map((each) => each.id),
    shard,
  );
  const reported = chosen.filter((each) => own.has(each.id));
  return { cases: withTwins(all, reported), reported, matched: matching.length };
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
