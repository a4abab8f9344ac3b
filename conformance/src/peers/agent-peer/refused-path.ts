/** Why a path may not stand in a manifest: the clause, and its rule in words. */
export interface PathFault {
  readonly clause: string;
  readonly rule: string;
}

const RESERVED_NAME = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$) *$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the rule is about.
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;
const MAX_PATH_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;

/** Judges one path by SYNC-010 to SYNC-017, except SYNC-015, which is about two. */
export function refusedPath(path: string): PathFault | undefined {
  const segments = path.split("/");

  if (segments.includes("")) return { clause: "SYNC-010", rule: "no empty path and no empty segment" };
  if (segments.some((segment) => segment === "." || segment === ".."))
    return { clause: "SYNC-011", rule: "no segment `.` or `..`" };
  if (CONTROL_CHARACTER.test(path) || path.includes("\\") || path.includes(":"))
    return { clause: "SYNC-012", rule: "no control character, backslash or colon" };
  if (segments.some((segment) => segment.endsWith(".") || segment.endsWith(" ")))
    return { clause: "SYNC-013", rule: "no segment that ends with a dot or a space" };
  if (byteLength(path) > MAX_PATH_BYTES || segments.some((segment) => byteLength(segment) > MAX_SEGMENT_BYTES))
    return { clause: "SYNC-014", rule: "at most 1,024 bytes, and 255 in a segment" };
  if (path.normalize("NFC") !== path) return { clause: "SYNC-016", rule: "Unicode normalization form C" };
  if (segments.some(isReservedName)) return { clause: "SYNC-017", rule: "no reserved name of Windows" };
  return undefined;
}

/** Whether a segment is a reserved name of Windows up to its first dot (SYNC-017). */
export function isReservedName(segment: string): boolean {
  return RESERVED_NAME.test(segment.split(".", 1)[0] ?? "");
}

/** Two paths that are equal, or of which one is a folder of the other, under simple case folding (SYNC-015). */
export function clashingPaths(paths: readonly string[]): readonly [string, string] | undefined {
  const byKey = Map.groupBy(paths, coarseKey);

  for (const path of paths) {
    for (const folderOrPath of [path, ...foldersOf(path)]) {
      const clash = byKey
        .get(coarseKey(folderOrPath))
        ?.find((other) => other !== path && foldsEqually(other, folderOrPath));
      if (clash !== undefined) return [path, clash];
    }
  }
  return undefined;
}

function foldersOf(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}

// Equal for all that simple folding makes equal, and for a few more (`ß` and `ss`), which foldsEqually sorts out.
function coarseKey(path: string): string {
  return path.toLowerCase().toUpperCase().toLowerCase();
}

// The `i` of a Unicode regular expression is defined as simple case folding; no other part of the language offers it.
function foldsEqually(one: string, other: string): boolean {
  const literal = Array.from(one, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join("");
  return new RegExp(`^${literal}$`, "iu").test(other);
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
