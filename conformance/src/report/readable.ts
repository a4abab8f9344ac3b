import { redactedFields } from "./redacted-fields.ts";

/** A value that JSON can hold. */
export type Readable = string | number | boolean | null | readonly Readable[] | { readonly [key: string]: Readable };

/** How much of a message is shown. */
export interface ReadableLimits {
  readonly bytes: number;
  readonly items: number;
  readonly characters: number;
  readonly depth: number;
}

/** What a person reads. */
const REPORT_LIMITS: ReadableLimits = { bytes: 32, items: 16, characters: 400, depth: 12 };

/** Whole messages, but for the bytes of files: their beginning tells which they are. */
export const TRACE_LIMITS: ReadableLimits = { bytes: 256, items: 100_000, characters: 100_000, depth: 50 };

/** Makes a decoded message fit for a report: secrets hidden, bytes as hexadecimal digits, long parts cut and said to be cut. */
export function readable(value: unknown, limits: ReadableLimits = REPORT_LIMITS, depth = 0): Readable {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string") return readableText(value, limits.characters);
  if (value instanceof Uint8Array) return readableBytes(value, limits.bytes);
  if (depth >= limits.depth) return "…";
  if (Array.isArray(value)) return readableList(value, limits, depth);
  if (value instanceof Map) return readableRecord(Object.fromEntries(value), limits, depth);
  if (typeof value === "object") return readableRecord(value, limits, depth);
  return String(value);
}

function readableText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}

function readableBytes(bytes: Uint8Array, most: number): string {
  const shown = Buffer.from(bytes.subarray(0, most)).toString("hex");
  return bytes.length <= most ? shown : `${shown}… (${bytes.length} bytes)`;
}

function readableList(list: readonly unknown[], limits: ReadableLimits, depth: number): Readable {
  const shown = list.slice(0, limits.items).map((item) => readable(item, limits, depth + 1));
  return list.length <= limits.items ? shown : [...shown, `… (${list.length} in all)`];
}

function readableRecord(record: object, limits: ReadableLimits, depth: number): Readable {
  if ("$case" in record && "value" in record) return readableChoice(String(record.$case), record.value, limits, depth);
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isSecret(key, value) ? "<redacted>" : readable(value, limits, depth + 1)]),
  );
}

/** Of several fields that exclude one another the one that is set; it may be a secret as any other. */
function readableChoice(name: string, value: unknown, limits: ReadableLimits, depth: number): Readable {
  return { [name]: isSecret(name, value) ? "<redacted>" : readable(value, limits, depth + 1) };
}

/** An empty secret hides nothing, and seeing that it was empty is often the finding. */
function isSecret(key: string, value: unknown): boolean {
  return redactedFields().has(key) && value !== "" && !(value instanceof Uint8Array && value.length === 0);
}
