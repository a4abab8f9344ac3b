import { EXIT, type ExitCode } from "./exit-code.ts";
import { type CaseResult, isRed } from "./outcome.ts";
import { executedRequired, type Profile } from "./profile.ts";
import { type Shard, shardName } from "./shard.ts";

/** What a run amounts to. */
export interface Verdict {
  readonly exitCode: ExitCode;
  /** In words, for the lines before the last. */
  readonly sentences: readonly string[];
}

/** What a verdict rests on. */
export interface VerdictFacts {
  readonly results: readonly CaseResult[];
  readonly knownFailureProblems: readonly string[];
  readonly filtered: boolean;
  readonly shard?: Shard;
  readonly level?: JudgedLevel;
  readonly profile: Profile;
}

/** What the verdict has to know of the level a run was narrowed to. */
export interface JudgedLevel {
  readonly name: string;
  /** The level after it; undefined after the last, where conformance itself is next. */
  readonly next?: string;
}

/** Judges a run. A failure that was shown outweighs a fault of the suite, and both outweigh that too little ran. */
export function judge(facts: VerdictFacts): Verdict {
  const { results, level } = facts;
  const red = results.filter((result) => isRed(result.outcome)).length;
  const faults = results.filter((result) => result.outcome === "harness-error").length;

  const sentences = [
    ...facts.knownFailureProblems.map((problem) => `known failures: ${problem}`),
    ...(facts.filtered ? ["filtered run, proves nothing about conformance"] : []),
    ...(faults > 0 ? [`the suite is at fault in ${faults} cases; nothing is said about the target there`] : []),
  ];
  if (red > 0 || facts.knownFailureProblems.length > 0) {
    return { exitCode: EXIT.notConformant, sentences: [...sentences, notReached(level)] };
  }
  if (faults > 0) return { exitCode: EXIT.suiteAtFault, sentences };
  if (results.length === 0) return { exitCode: EXIT.tooLittleRan, sentences: [...sentences, "no case ran"] };
  if (facts.shard !== undefined) {
    return { exitCode: EXIT.conformant, sentences: [...sentences, ofShard(facts.shard, results.length)] };
  }
  if (facts.filtered) return { exitCode: EXIT.conformant, sentences };
  return heldAgainstFloor(facts, sentences);
}

function heldAgainstFloor({ results, profile, level }: VerdictFacts, sentences: readonly string[]): Verdict {
  const executed = executedRequired(results);
  if (executed < profile.floor) {
    const shortfall = `only ${executed} cases of required clauses ran; profile ${profile.name} asks for ${profile.floor}`;
    return { exitCode: EXIT.tooLittleRan, sentences: [...sentences, shortfall] };
  }
  const ran = `${executed} cases of required clauses ran (profile ${profile.name})`;
  const reached = level === undefined ? [`conformant: ${ran}`] : levelReached(level, ran);
  return { exitCode: EXIT.conformant, sentences: [...sentences, ...reached] };
}

function notReached(level: JudgedLevel | undefined): string {
  return level === undefined ? "not conformant" : `level ${level.name} is not reached`;
}

function levelReached({ name, next }: JudgedLevel, ran: string): string[] {
  const onward = next === undefined ? "next is conformance: the same run without --level" : `next is --level ${next}`;
  return [`level ${name} is reached: ${ran}`, `a level is a step on the way and not conformance; ${onward}`];
}

function ofShard(shard: Shard, count: number): string {
  return `shard ${shardName(shard)}: its ${count} cases show nothing against the target; what it amounts to shows when all shards are joined (berth-conformance merge)`;
}
