import type { Clause, ClauseLevel, ClauseSubject } from "./clause.ts";

const CLAUSE = /^\*\*([A-Z]+-[0-9]{3})\*\* (.*)$/;
const HEADING = /^#{1,6} (.*)$/;
const SUBJECT = /^An? (agent|server|host)\b/;

/** Every key word stands in capitals; two words before one, so that MUST NOT is not read as MUST. */
export const KEY_WORDS = /\b(?:MUST NOT|SHOULD NOT|MUST|SHOULD|MAY)\b/g;

/** Reads the clauses of one page: paragraphs that begin with an id in bold. A clause reaches to the end of its paragraph. */
export function parseClauses(file: string, markdown: string): Clause[] {
  const clauses: Clause[] = [];
  const lines = markdown.split(/\r?\n/);
  let topic = file;
  for (const [index, line] of lines.entries()) {
    topic = HEADING.exec(line)?.[1] ?? topic;
    const [, id, beginning] = CLAUSE.exec(line) ?? [];
    if (id === undefined || beginning === undefined) continue;
    const sentence = [beginning, ...restOfParagraph(lines, index + 1)].join(" ").trim();
    clauses.push({
      id,
      file,
      topic,
      sentence,
      level: sentence.match(KEY_WORDS)?.[0] as ClauseLevel | undefined,
      subject: SUBJECT.exec(sentence)?.[1] as ClauseSubject | undefined,
    });
  }
  return clauses;
}

function restOfParagraph(lines: readonly string[], from: number): string[] {
  const end = lines.findIndex((line, index) => index >= from && line.trim() === "");
  return lines.slice(from, end === -1 ? undefined : end).map((line) => line.trim());
}
