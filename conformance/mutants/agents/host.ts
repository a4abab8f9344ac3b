import { writeFileSync } from "node:fs";
import path from "node:path";
import type { AgentMutant } from "../mutant.ts";

/** Broken gifts to a host. */
export const hostMutants: readonly AgentMutant[] = [
  {
    id: "name-not-handed-on",
    clause: "OP-050",
    breaks: "It hands the host the arguments without the operation's name.",
    part: "operations/host-process",
    mutate: ({ startHostProcess }) => ({
      startHostProcess: (start) => startHostProcess({ ...start, arguments: start.arguments.slice(1) }),
    }),
  },
  {
    id: "arguments-split-at-spaces",
    clause: "OP-050",
    breaks: "It splits arguments at spaces.",
    part: "operations/host-process",
    mutate: ({ startHostProcess }) => ({
      startHostProcess: (start) =>
        startHostProcess({ ...start, arguments: start.arguments.flatMap((one) => one.split(" ")) }),
    }),
  },
  {
    id: "operation-id-not-handed-on",
    clause: "OP-051",
    breaks: "It does not tell the host the operation's id.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment(...words) {
        const { BERTH_OPERATION_ID: _, ...rest } = hostEnvironment(...words);
        return rest;
      },
    }),
  },
  {
    id: "extensions-one-level-up",
    clause: "OP-051",
    breaks: "It names the generation's directory as that of its extensions.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (agent, place) =>
        hostEnvironment(agent, { ...place, extensionsDirectory: path.dirname(place.extensionsDirectory) }),
    }),
  },
  {
    id: "work-directory-shared",
    clause: "OP-052",
    breaks: "It starts every host of an instance in one directory.",
    part: "operations/host-process",
    mutate: ({ startHostProcess }) => ({
      startHostProcess: (start) => startHostProcess({ ...start, workDirectory: path.dirname(start.workDirectory) }),
    }),
  },
  {
    id: "work-directory-with-a-file",
    clause: "OP-052",
    breaks: "It leaves a file of its own in the work directory.",
    part: "operations/host-process",
    mutate: ({ startHostProcess }) => ({
      startHostProcess(start) {
        writeFileSync(path.join(start.workDirectory, "arguments"), start.arguments.join("\n"));
        return startHostProcess(start);
      },
    }),
  },
  {
    id: "environment-handed-on",
    clause: "OP-053",
    breaks: "It hands the host its whole environment.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (agent, place) => ({ ...agent, ...hostEnvironment(agent, place) }),
    }),
  },
  {
    id: "temporary-files-elsewhere",
    clause: "OP-053",
    breaks: "It points TMPDIR at the system's directory of temporary files.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (agent, place) => ({ ...hostEnvironment(agent, place), TMPDIR: "/tmp" }),
    }),
  },
  {
    id: "input-without-end",
    clause: "OP-054",
    breaks: "It gives the host an input that is not empty.",
    part: "operations/host-process",
    mutate: ({ startHostProcess }) => ({
      startHostProcess: (start) =>
        startHostProcess({
          ...start,
          entryPath: "/bin/sh",
          arguments: ["-c", 'exec "$0" "$@" </proc/version', start.entryPath, ...start.arguments],
        }),
    }),
  },
];
