import type { Clause } from "./clause.ts";
import { KEY_WORDS } from "./parse-clauses.ts";

/** What is wrong with the specification's own form, one line each; empty when nothing is. */
export function lintClauses(clauses: readonly Clause[]): string[] {
  const seen = new Set<string>();
  return clauses.flatMap((clause) => {
    const repeated = seen.has(clause.id);
    seen.add(clause.id);
    return [...(repeated ? ["the id is used twice"] : []), ...faults(clause)].map((fault) => `${clause.id}: ${fault}`);
  });
}

function faults(clause: Clause): string[] {
  const found: string[] = [];
  const keyWords = clause.sentence.match(KEY_WORDS) ?? [];
  if (keyWords.length !== 1) found.push(`it has ${keyWords.length} key words, not one`);
  const lowerCase = clause.sentence.match(/\b(?:must|should|may|shall)\b/);
  if (lowerCase) found.push(`"${lowerCase[0]}" in lower case reads like a key word`);
  if (clause.subject === undefined) found.push("it does not begin with An agent, A server or A host");
  if (!clause.sentence.endsWith(".")) found.push("it does not end with a full stop");
  return found;
}
