import { isDeepStrictEqual } from "node:util";
import { failed } from "./failed.ts";

/** What a comparison is about. */
export interface Comparison {
  /** The failure's code. */
  readonly code: string;
  readonly clause?: string;
  /** The thing compared, in words: "the isolation of a server without InstanceId". */
  readonly what: string;
}

/** Expects a value to be equal in every part. */
export function expectEqual<Value>(actual: Value, expected: Value, { code, clause, what }: Comparison): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw failed({ code, clause, expected: `${what}: ${inWords(expected)}`, actual: inWords(actual) });
}

/** Expects something to hold; `actual` says what was found instead. */
export function expectThat(holds: boolean, actual: string, { code, clause, what }: Comparison): void {
  if (!holds) throw failed({ code, clause, expected: what, actual });
}

function inWords(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes ${Buffer.from(value).toString("hex").slice(0, 128)}`;
  const text = JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? String(part) : part)) ?? "undefined";
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
