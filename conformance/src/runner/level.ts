import { readFileSync } from "node:fs";
import { z } from "zod";
import type { AgentCase } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { packageFile } from "../package-file.ts";
import { readTranscript } from "../transcripts/transcript-file.ts";
import type { JudgedLevel } from "./verdict.ts";

const level = z.strictObject({
  name: z.string().regex(/^[a-z]+$/),
  /** What an agent of this level does, to follow "an agent that". */
  means: z.string().min(1),
  /** What a case may call at most. */
  calls: z.array(z.string()),
  /** What a case may need of the attachment at most. */
  abilities: z.array(z.string()),
  /** The only pages of the specification that a case's first clause may stand on; any when absent. */
  pages: z.array(z.string()).optional(),
  /** False where a case may not have a twin, that is be about a refusal. */
  refusals: z.boolean().optional(),
  /** First clauses of cases that are of this level at the lowest, whatever they call. */
  clauses: z.array(z.string()).optional(),
});

/** A step on the way of an agent to conformance; each holds the cases of those before it. */
export type Level = z.infer<typeof level>;

/** The levels, the lowest first. They are data: `levels.json`. */
export function readLevels(): readonly Level[] {
  return z
    .array(level)
    .nonempty()
    .parse(JSON.parse(readFileSync(packageFile("levels.json"), "utf8")));
}

/** What a verdict has to know of a level by its name. */
export function judgedLevel(name: string): JudgedLevel {
  const names = readLevels().map((each) => each.name);
  return { name, next: names[names.indexOf(name) + 1] };
}

/**
 * The lowest level of each case, by its id. A case that does not fit in any earlier level, or of which no recording says what it
 * calls, is of the last.
 */
export function levelsOfCases(cases: readonly AgentCase[], clauses: ClauseIndex): ReadonlyMap<string, string> {
  const levels = readLevels();
  const byId = new Map(cases.map((each) => [each.id, each]));
  const ranks = new Map<string, number>();
  return new Map(cases.map((each) => [each.id, levels[rankOf(each)]!.name]));

  function rankOf(record: AgentCase): number {
    const rank = ranks.get(record.id) ?? newRank(record);
    ranks.set(record.id, rank);
    return rank;
  }

  function newRank(record: AgentCase): number {
    const twin = byId.get(record.twin ?? "");
    const calls = readTranscript(record.id).right?.calls;
    const lowest = levels.findIndex((each) => each.clauses?.includes(record.clauses[0]));
    const fitting = calls === undefined ? -1 : levels.findIndex((each) => fits(record, calls, each, clauses));
    const own = fitting === -1 ? levels.length - 1 : fitting;
    return Math.max(own, lowest, twin === undefined ? 0 : rankOf(twin));
  }
}

function fits(record: AgentCase, calls: readonly string[], level: Level, clauses: ClauseIndex): boolean {
  const page = clauses.get(record.clauses[0])?.file ?? "";
  return (
    calls.every((call) => level.calls.includes(call)) &&
    (record.abilities ?? []).every((ability) => level.abilities.includes(ability)) &&
    (level.pages?.includes(page) ?? true) &&
    (level.refusals !== false || record.twin === undefined)
  );
}

/** The ids of all cases that a level and those before it hold. */
export function idsUpTo(name: string, cases: readonly AgentCase[], clauses: ClauseIndex): ReadonlySet<string> {
  const names = readLevels().map((each) => each.name);
  const wanted = new Set(names.slice(0, names.indexOf(name) + 1));
  const levels = levelsOfCases(cases, clauses);
  return new Set([...levels].filter(([, own]) => wanted.has(own)).map(([id]) => id));
}
