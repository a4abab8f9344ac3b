import { quoted } from "./quoted.ts";
import { isReservedWindowsName } from "./reserved-name.ts";

/** The most bytes of UTF-8 in a path and in one of its segments (SYNC-014). */
const MAX_PATH_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;

/** The most bytes of UTF-8 that one UTF-16 code unit stands for. */
const MAX_BYTES_PER_UNIT = 3;

/** What a path is refused for, one name for each clause. */
export type PathRule =
  | "not-unicode"
  | "empty-segment"
  | "dot-segment"
  | "forbidden-character"
  | "trailing-dot-or-space"
  | "too-long"
  | "collision"
  | "not-normalized"
  | "reserved-name";

/** Why a path is refused. */
export interface PathFault {
  rule: PathRule;
  /** The clause of the rule, such as `SYNC-011`. */
  clause: string;
  /** One sentence for people; names the path, cut short where it is long. */
  message: string;
}

/**
 * Checks one path by itself (SYNC-010 to SYNC-014, SYNC-016, SYNC-017); a {@link PathSet} holds it against the others of its package.
 * Returns undefined for a path that can be written below any root, on any system, and the first broken rule in the order of the clauses
 * for one that is refused.
 *
 * A text with half a surrogate pair, which no manifest can hold, is refused too: a server can meet one in a directory.
 */
export function checkPath(path: string): PathFault | undefined {
  if (!path.isWellFormed()) return fault("not-unicode", "SYNC-001", path, "is not valid Unicode");
  if (hasEmptySegment(path)) return fault("empty-segment", "SYNC-010", path, "is empty or has an empty segment");

  const segments = path.split("/");
  if (segments.some((segment) => segment === "." || segment === "..")) {
    return fault("dot-segment", "SYNC-011", path, 'has a segment "." or ".."');
  }
  if (FORBIDDEN_CHARACTER.test(path)) {
    return fault("forbidden-character", "SYNC-012", path, "has a control character, a backslash or a colon");
  }
  if (segments.some((segment) => segment.endsWith(".") || segment.endsWith(" "))) {
    return fault("trailing-dot-or-space", "SYNC-013", path, "has a segment that ends with a dot or a space");
  }
  if (isLongerThan(MAX_PATH_BYTES, path)) {
    return fault("too-long", "SYNC-014", path, `is longer than ${MAX_PATH_BYTES} bytes`);
  }
  if (segments.some((segment) => isLongerThan(MAX_SEGMENT_BYTES, segment))) {
    return fault("too-long", "SYNC-014", path, `has a segment longer than ${MAX_SEGMENT_BYTES} bytes`);
  }
  if (!isNormalized(path)) {
    return fault("not-normalized", "SYNC-016", path, "is not in Unicode normalization form C");
  }
  if (segments.some(isReservedWindowsName)) {
    return fault("reserved-name", "SYNC-017", path, "has a segment that is a reserved name of Windows");
  }
  return undefined;
}

function hasEmptySegment(path: string): boolean {
  return path === "" || path.startsWith("/") || path.endsWith("/") || path.includes("//");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the rule refuses
const FORBIDDEN_CHARACTER = /[\u0000-\u001f\u007f-\u009f\\:]/;

function isLongerThan(maxBytes: number, text: string): boolean {
  return text.length * MAX_BYTES_PER_UNIT > maxBytes && Buffer.byteLength(text) > maxBytes;
}

// Every text of characters below U+0300, the first combining one, is in form C.
const HAS_COMPOSABLE = /[^\0-\u02ff]/;

function isNormalized(path: string): boolean {
  return !HAS_COMPOSABLE.test(path) || path.normalize("NFC") === path;
}

function fault(rule: PathRule, clause: string, path: string, what: string): PathFault {
  return { rule, clause, message: `The path ${quoted(path)} ${what}.` };
}
