import { isDeepStrictEqual } from "node:util";

const SHOWN_CHARACTERS_MAX = 200;

/** A line for what is stated and is something else; none where it is that. What JSON does not hold is not compared. */
export function differing(what: string, stated: unknown, own: unknown): string[] {
  const [one, other] = [asWritten(stated), asWritten(own)];
  return isDeepStrictEqual(one, other) ? [] : [`${what} is ${inWords(one)}, and should be ${inWords(other)}`];
}

function asWritten(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function inWords(value: unknown): string {
  if (value === undefined) return "not stated";
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_CHARACTERS_MAX)}…`;
}
