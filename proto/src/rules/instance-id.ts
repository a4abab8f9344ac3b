import { foldAscii, isPrintableAscii } from "./ascii.ts";

/** The most characters of a trimmed InstanceId (INST-011). */
const MAX_INSTANCE_ID_LENGTH = 64;

/** An InstanceId in the form it is compared in, undefined where it is unset, or why it is refused. */
export type ParsedInstanceId = { ok: true; instanceId: string | undefined } | { ok: false; reason: string };

/**
 * Reads an InstanceId as an operator gave it: spaces and tabs at both ends are removed and nothing left means unset (INST-010); what is
 * left is 1 to 64 characters of printable ASCII (INST-011). It comes back in lower case, so that equal ids are equal texts (INST-012).
 */
export function parseInstanceId(text: string): ParsedInstanceId {
  const trimmed = trimSpacesAndTabs(text);
  if (trimmed === "") return { ok: true, instanceId: undefined };
  if (trimmed.length > MAX_INSTANCE_ID_LENGTH) {
    return { ok: false, reason: `it is longer than ${MAX_INSTANCE_ID_LENGTH} characters` };
  }
  if (!isPrintableAscii(trimmed)) return { ok: false, reason: "it has a character outside printable ASCII" };
  return { ok: true, instanceId: foldAscii(trimmed) };
}

/** A loop, because `/[ \t]+$/` takes quadratic time on a hostile text of many spaces, and `trim` removes more than the clause says. */
function trimSpacesAndTabs(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpaceOrTab(text, start)) start++;
  while (end > start && isSpaceOrTab(text, end - 1)) end--;
  return text.slice(start, end);
}

function isSpaceOrTab(text: string, index: number): boolean {
  return text[index] === " " || text[index] === "\t";
}
