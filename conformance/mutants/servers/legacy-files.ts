import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

/** Broken files of the dialects 1 and 44: which dialects are offered, whose tree it is, what is sent and with which time. */
export const legacyFilesMutants: readonly ServerMutant[] = [
  ...[44, 49].map(
    (lowest): ServerMutant => ({
      id: `dialects-offered-from-${lowest}-on`,
      clause: "LEG-004",
      breaks: `It offers no dialect below ${lowest}.`,
      part: "handshake/greeting",
      mutate: ({ makeGreeting }) => ({
        makeGreeting: (...words) => ({ ...makeGreeting(...words), dialects: { lowest, highest: 49 } }),
      }),
    }),
  ),
  {
    id: "instance-id-in-the-dialect-1",
    clause: "LEG-018",
    breaks: "It sends its InstanceId in the calls of the dialect 1 too.",
    part: "legacy/legacy-caller",
    mutate: ({ callerFields }) => ({
      callerFields: (caller) => ({ ...callerFields(caller), instanceId: caller.identity.instanceId }),
    }),
  },
  {
    id: "instance-id-left-out-of-list-files",
    clause: "LEG-019",
    breaks: "It sends no InstanceId in ListFiles.",
    part: "legacy/find-stale-files",
    mutate: ({ findStaleFiles }) => ({
      findStaleFiles: (client, caller, ...words) => findStaleFiles(client, withoutInstanceId(caller), ...words),
    }),
  },
  {
    id: "instance-id-left-out-of-update-file",
    clause: "LEG-019",
    breaks: "It sends no InstanceId in UpdateFile.",
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (client, file, { caller, ...sending }) =>
        updateFile(client, file, { ...sending, caller: withoutInstanceId(caller) }),
    }),
  },
  {
    id: "instance-id-left-out-of-run-operation",
    clause: "LEG-019",
    breaks: "It sends no InstanceId in RunOperation.",
    part: "legacy/host-call",
    mutate: ({ callHost }) => ({
      callHost: (connection, request, ...words) => callHost(connection, { ...request, instanceId: "" }, ...words),
    }),
  },
  ...Object.entries({
    "newer-files-kept": ["It keeps a file of the tree that is newer than its own.", (one, listed) => listed >= one],
    "times-compared-within-two-seconds": [
      "It takes a file for its own whose time differs by less than two seconds.",
      (one, listed) => listed - one < 2_000n && one - listed < 2_000n,
    ],
    "listed-files-kept": ["It sends only files that are not listed.", () => true],
    "every-file-sent-again": ["It sends every file, whatever is listed.", () => false],
  } satisfies Record<string, readonly [string, (one: bigint, listed: bigint) => boolean]>).map(
    ([id, [breaks, isUpToDate]]): ServerMutant => ({
      id,
      clause: "LEG-030",
      breaks,
      part: "legacy/tree-file",
      mutate: () => ({ isUpToDate: ({ file }, listedMs) => isUpToDate(BigInt(file.modifiedMs), listedMs) }),
    }),
  ),
  {
    id: "package-names-compared-with-case",
    clause: "LEG-030",
    breaks: "It sends a file again that is listed under its package's name in another case.",
    part: "legacy/tree-file",
    mutate: () => ({ treeKeyOf: ({ kind, name }, path) => `${kind}\n${name}\n${path}` }),
  },
  {
    id: "files-of-the-host-left-out",
    clause: "LEG-030",
    breaks: "It sends the files of extensions alone.",
    part: "legacy/tree-file",
    mutate: ({ wantedFiles }) => ({
      wantedFiles: (wanted) => wantedFiles(wanted).filter(({ source }) => source.kind === "extension"),
    }),
  },
  {
    id: "broken-update-called-done",
    clause: "LEG-030",
    breaks: "It takes a file for sent whose UpdateFile broke off.",
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: async (...words) => {
        try {
          await updateFile(...words);
        } catch (error) {
          if (!(error instanceof Error && error.name === "ConnectionBroken")) throw error;
        }
      },
    }),
  },
  {
    id: "times-sent-in-whole-seconds",
    clause: "LEG-031",
    breaks: "It sends modification times without their fraction of a second.",
    part: "publishing/file-stamp",
    mutate: ({ modificationTimeMs }) => ({
      modificationTimeMs: (stats) => Math.floor(modificationTimeMs(stats) / 1_000) * 1_000,
    }),
  },
  {
    id: "times-rounded-down",
    clause: "LEG-031",
    breaks: "It rounds modification times down.",
    part: "publishing/file-stamp",
    mutate: () => ({ modificationTimeMs: ({ mtimeNs }) => Number(mtimeNs / 1_000_000n) }),
  },
  {
    id: "times-end-in-2038",
    clause: "LEG-031",
    breaks: "It sends no modification time beyond 32 bits of seconds.",
    part: "publishing/file-stamp",
    mutate: ({ modificationTimeMs }) => ({
      modificationTimeMs: (stats) => Math.min(modificationTimeMs(stats), (2 ** 31 - 1) * 1_000),
    }),
  },
  {
    id: "time-of-the-update",
    clause: "LEG-031",
    breaks: "It sends the time of the update in place of the file's.",
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: (client, { file, source }, sending) =>
        updateFile(client, { source, file: { ...file, modifiedMs: Date.now() } }, sending),
    }),
  },
];

type Caller = Parameters<ServerParts["legacy/legacy-caller"]["callerFields"]>[0];

function withoutInstanceId({ session, identity }: Caller): Caller {
  return { session, identity: { ...identity, instanceId: "" } };
}
