import { redactedFields } from "./redacted-fields.ts";

/** A value that JSON can hold. */
export type Readable = string | number | boolean | null | readonly Readable[] | { readonly [key: string]: Readable };

const SHOWN_BYTES = 32;
const SHOWN_ITEMS = 16;
const SHOWN_CHARACTERS = 400;
const DEEPEST = 12;

/** Makes a decoded message fit for a report: secrets hidden, bytes as hexadecimal digits, long parts cut and said to be cut. */
export function readable(value: unknown, depth = 0): Readable {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return readableText(value);
  if (value instanceof Uint8Array) return readableBytes(value);
  if (depth >= DEEPEST) return "…";
  if (Array.isArray(value)) return readableList(value, depth);
  if (value instanceof Map) return readableRecord(Object.fromEntries(value), depth);
  if (typeof value === "object") return readableRecord(value, depth);
  return String(value);
}

function readableText(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}

function readableBytes(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString("hex");
  return bytes.length <= SHOWN_BYTES ? shown : `${shown}… (${bytes.length} bytes)`;
}

function readableList(list: readonly unknown[], depth: number): Readable {
  const shown = list.slice(0, SHOWN_ITEMS).map((item) => readable(item, depth + 1));
  return list.length <= SHOWN_ITEMS ? shown : [...shown, `… (${list.length} in all)`];
}

function readableRecord(record: object, depth: number): Readable {
  if ("$case" in record && "value" in record) return { [String(record.$case)]: readable(record.value, depth + 1) };
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isSecret(key, value) ? "<redacted>" : readable(value, depth + 1)]),
  );
}

/** An empty secret hides nothing, and seeing that it was empty is often the finding. */
function isSecret(key: string, value: unknown): boolean {
  return redactedFields().has(key) && value !== "" && !(value instanceof Uint8Array && value.length === 0);
}
