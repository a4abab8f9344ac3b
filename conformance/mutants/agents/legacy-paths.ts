import type { AgentMutant } from "../mutant.ts";

/** Broken updates: paths and packages that have to be refused. */
export const legacyPathsMutants: readonly AgentMutant[] = [
  forgetting("empty-segment", "a path with an empty segment"),
  forgetting("dot-segment", 'a path with a segment "." or ".."'),
  forgetting("forbidden-character", "a path with a control character, a backslash or a colon"),
  forgetting("trailing-dot-or-space", "a path with a segment that ends with a dot or a space"),
  forgetting("too-long", "a path of any length"),
  forgetting("not-normalized", "a path that is not normalized"),
  forgetting("reserved-name", "a path with a reserved name of Windows"),
  {
    id: "single-dots-dropped",
    clause: "LEG-023",
    breaks: 'It takes a path with a segment ".", as if the segment were not there.',
    agentVersion: 46,
    part: "legacy/update-header",
    mutate: ({ readPlace }) => ({
      readPlace: (header) => {
        const segments = header.path.split("/").filter((segment) => segment !== ".");
        return readPlace({ ...header, path: segments.join("/") });
      },
    }),
  },
  {
    id: "folder-in-the-way-is-another-fault",
    clause: "LEG-023",
    breaks: "It refuses a path that is a folder of the tree with another code.",
    agentVersion: 46,
    part: "legacy/legacy-errors",
    mutate: ({ unexpectedPart }) => ({ placeTaken: (path) => unexpectedPart(`The path ${path} is a folder.`) }),
  },
  {
    id: "package-without-a-kind-is-an-extension",
    clause: "LEG-024",
    breaks: "It takes a package without a kind for an extension.",
    agentVersion: 46,
    part: "legacy/update-header",
    mutate: ({ readPlace }) => ({
      readPlace: (header) => {
        const { package: named } = header;
        return readPlace({ ...header, package: named && { ...named, kind: named.kind || 1 } });
      },
    }),
  },
  {
    id: "package-named-with-an-underscore-first",
    clause: "LEG-024",
    breaks: "It takes a package whose name begins with an underscore.",
    agentVersion: 43,
    part: "rules/package-name",
    mutate: ({ isPackageName }) => ({ isPackageName: (name) => isPackageName(name.replace(/^_/, "x")) }),
  },
  {
    id: "package-named-as-a-device-begins",
    clause: "LEG-021",
    breaks: "It refuses a package whose name only begins with that of a device of Windows.",
    agentVersion: 46,
    part: "rules/package-name",
    mutate: ({ isPackageName }) => ({ isPackageName: (name) => isPackageName(name) && !/^(?:con|com\d)/i.test(name) }),
  },
];

/** An agent that does not know one of the rules of paths. A case stops at the first path that is taken, so nothing leaves the tree. */
function forgetting(rule: string, taken: string): AgentMutant {
  return {
    id: `path-rule-${rule}-forgotten-by-46`,
    clause: "LEG-023",
    breaks: `As version 46 it takes ${taken}.`,
    agentVersion: 46,
    part: "rules/path",
    mutate: ({ checkPath }) => ({
      checkPath: (path) => {
        const fault = checkPath(path);
        return fault?.rule === rule ? undefined : fault;
      },
    }),
  };
}
