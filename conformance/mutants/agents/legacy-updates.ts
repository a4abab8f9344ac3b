import type { AgentMutant } from "../mutant.ts";

/** Broken updates: what is taken that has to be refused. */
export const legacyUpdatesMutants: readonly AgentMutant[] = [
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
    id: "reserved-names-taken",
    clause: "LEG-023",
    breaks: "As version 42 it takes a path with a reserved name of Windows.",
    agentVersion: 42,
    part: "rules/path",
    mutate: ({ checkPath }) => ({
      checkPath: (path) => {
        const fault = checkPath(path);
        return fault?.rule === "reserved-name" ? undefined : fault;
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
    id: "second-header-dropped",
    clause: "LEG-025",
    breaks: "It passes over a second header.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => {
        let begun = false;
        const next: typeof stream.next = async (idleMs) => {
          const incoming = await stream.next(idleMs);
          const isHeader = incoming.kind === "message" && incoming.message.part?.$case === "header";
          if (isHeader && begun) return next(idleMs);
          begun ||= isHeader;
          return incoming;
        };
        return updateFile({ ...stream, next }, calls);
      },
    }),
  },
  {
    id: "empty-messages-dropped",
    clause: "LEG-025",
    breaks: "It passes over a message with neither header nor content.",
    agentVersion: 42,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => {
        const next: typeof stream.next = async (idleMs) => {
          const incoming = await stream.next(idleMs);
          const isEmpty = incoming.kind === "message" && incoming.message.part === undefined;
          return isEmpty ? next(idleMs) : incoming;
        };
        return updateFile({ ...stream, next }, calls);
      },
    }),
  },
  {
    id: "content-without-bytes-dropped",
    clause: "LEG-025",
    breaks: "It passes over a message whose content has no bytes.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => {
        const next: typeof stream.next = async (idleMs) => {
          const incoming = await stream.next(idleMs);
          const part = incoming.kind === "message" ? incoming.message.part : undefined;
          return part?.$case === "content" && part.value.length === 0 ? next(idleMs) : incoming;
        };
        return updateFile({ ...stream, next }, calls);
      },
    }),
  },
  {
    id: "silence-endured",
    clause: "LEG-028",
    breaks: "It waits for the next message of an update as long as that takes.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => updateFile({ ...stream, next: () => stream.next(0) }, calls),
    }),
  },
  {
    id: "pauses-added-up",
    clause: "LEG-028",
    breaks: "It ends an update when all its pauses together are longer than sync_idle_ms.",
    agentVersion: 46,
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (stream, calls) => {
        const endMs = performance.now() + Number(calls.limits.syncIdleMs);
        return updateFile({ ...stream, next: () => stream.next(Math.max(1, endMs - performance.now())) }, calls);
      },
    }),
  },
];
