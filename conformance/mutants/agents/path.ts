import type { PathRule } from "@berth/proto/rules/path";
import type { AgentMutant } from "../mutant.ts";

/** An agent that leaves out one of the rules that a path has to keep. */
function withoutRule(rule: PathRule, clause: string, breaks: string): AgentMutant {
  return {
    id: `path-${rule}-accepted`,
    clause,
    breaks,
    part: "rules/path",
    mutate: ({ checkPath }) => ({
      checkPath(path) {
        const fault = checkPath(path);
        return fault?.rule === rule ? undefined : fault;
      },
    }),
  };
}

/** Broken rules of paths. */
export const pathMutants: readonly AgentMutant[] = [
  withoutRule("empty-segment", "SYNC-010", "It takes a path with an empty segment."),
  withoutRule("dot-segment", "SYNC-011", "It takes a path with a segment . or .. in it."),
  withoutRule("forbidden-character", "SYNC-012", "It takes a path with a control character, a backslash or a colon."),
  withoutRule("trailing-dot-or-space", "SYNC-013", "It takes a path with a segment that ends with a dot or a space."),
  withoutRule("too-long", "SYNC-014", "It takes a path of any length."),
  withoutRule("not-normalized", "SYNC-016", "It takes a path that is not in normalization form C."),
  withoutRule("reserved-name", "SYNC-017", "It takes a path with a reserved name of Windows."),
  {
    id: "two-dots-anywhere-refused",
    clause: "SYNC-011",
    breaks: "It refuses a path with two dots anywhere, in a name too.",
    part: "rules/path",
    mutate: ({ checkPath }) => ({ checkPath: (path) => checkPath(path.includes("..") ? ".." : path) }),
  },
  {
    id: "path-length-in-characters",
    clause: "SYNC-014",
    breaks: "It counts the length of a path in characters.",
    part: "rules/path",
    mutate: ({ checkPath }) => ({
      checkPath(path) {
        const fault = checkPath(path);
        const isShort = path.length <= 1024 && path.split("/").every((segment) => segment.length <= 255);
        return fault?.rule === "too-long" && isShort ? undefined : fault;
      },
    }),
  },
  {
    id: "reserved-names-without-superscripts",
    clause: "SYNC-017",
    breaks: "It does not know the reserved names with superscript digits.",
    part: "rules/reserved-name",
    mutate: ({ isReservedWindowsName }) => ({
      isReservedWindowsName: (name) => !/[¹²³]/.test(name) && isReservedWindowsName(name),
    }),
  },
  {
    id: "reserved-names-with-spaces-accepted",
    clause: "SYNC-017",
    breaks: "It takes a reserved name that is followed by spaces before its extension.",
    part: "rules/reserved-name",
    mutate: ({ isReservedWindowsName }) => ({
      isReservedWindowsName: (name) => !/ \./.test(name) && isReservedWindowsName(name),
    }),
  },
  {
    id: "paths-that-differ-by-case-accepted",
    clause: "SYNC-015",
    breaks: "It tells paths apart by their case.",
    part: "rules/case-fold",
    mutate: () => ({ foldCase: (text) => text }),
  },
  {
    id: "case-folded-in-ascii-alone",
    clause: "SYNC-015",
    breaks: "It folds the case of ASCII letters alone.",
    part: "rules/case-fold",
    mutate: () => ({ foldCase: (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) }),
  },
  {
    id: "case-folded-in-full",
    clause: "SYNC-015",
    breaks: "It folds the sharp s to two letters, as full case folding does.",
    part: "rules/case-fold",
    mutate: ({ foldCase }) => ({ foldCase: (text) => foldCase(text.replace(/[\u00df\u1e9e]/g, "ss")) }),
  },
  {
    id: "folder-beside-a-file-of-its-name",
    clause: "SYNC-015",
    breaks: "It takes a file and a folder of one name.",
    part: "rules/path-set",
    mutate: ({ createPathSet }) => ({
      createPathSet() {
        const paths = createPathSet();
        return {
          add(path) {
            const fault = paths.add(path);
            return fault?.message.includes("folder") ? undefined : fault;
          },
        };
      },
    }),
  },
];
