import { EXIT, type ExitCode } from "./exit-code.ts";
import { type CaseResult, isRed } from "./outcome.ts";
import { executedRequired, type Profile } from "./profile.ts";

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
  readonly profile: Profile;
}

/** Judges a run. A failure that was shown outweighs a fault of the suite, and both outweigh that too little ran. */
export function judge(facts: VerdictFacts): Verdict {
  const { results, profile } = facts;
  const executed = executedRequired(results);
  const red = results.filter((result) => isRed(result.outcome)).length;
  const faults = results.filter((result) => result.outcome === "harness-error").length;

  const sentences = [
    ...facts.knownFailureProblems.map((problem) => `known failures: ${problem}`),
    ...(facts.filtered ? ["filtered run, proves nothing about conformance"] : []),
    ...(faults > 0 ? [`the suite is at fault in ${faults} cases; nothing is said about the target there`] : []),
  ];
  if (red > 0 || facts.knownFailureProblems.length > 0) {
    return { exitCode: EXIT.notConformant, sentences: [...sentences, "not conformant"] };
  }
  if (faults > 0) return { exitCode: EXIT.suiteAtFault, sentences };
  if (results.length === 0) return { exitCode: EXIT.tooLittleRan, sentences: [...sentences, "no case ran"] };
  if (facts.filtered) return { exitCode: EXIT.conformant, sentences };
  if (executed < profile.floor) {
    const shortfall = `only ${executed} cases of required clauses ran; profile ${profile.name} asks for ${profile.floor}`;
    return { exitCode: EXIT.tooLittleRan, sentences: [...sentences, shortfall] };
  }
  return {
    exitCode: EXIT.conformant,
    sentences: [...sentences, `conformant: ${executed} cases of required clauses ran (profile ${profile.name})`],
  };
}
