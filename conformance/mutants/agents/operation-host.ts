import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AgentMutant } from "../mutant.ts";

/** Broken hosts: what they are started by, and what they are given. */
export const operationHostMutants: readonly AgentMutant[] = [
  {
    id: "empty-arguments-dropped",
    clause: "OP-050",
    breaks: "It hands the host no empty argument.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        constructor(options: ConstructorParameters<typeof HostRun>[0]) {
          super({ ...options, arguments: options.arguments.filter((argument) => argument !== "") });
        }
      },
    }),
  },
  {
    id: "usual-entry-run",
    clause: "OP-050",
    breaks: "It starts bin/host of the host package, whatever the declared entry point is.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        constructor(options: ConstructorParameters<typeof HostRun>[0]) {
          const entryPath = options.entryPath.replace(/(\/host\/[^/]+)\/.*$/, "$1/bin/host");
          super({ ...options, entryPath });
        }
      },
    }),
  },
  {
    id: "operation-id-withheld",
    clause: "OP-051",
    breaks: "It does not tell the host the id of its operation.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (own, place) => {
        const { BERTH_OPERATION_ID: _, ...rest } = hostEnvironment(own, place);
        return rest;
      },
    }),
  },
  {
    id: "whole-generation-as-extensions",
    clause: "OP-051",
    breaks: "It gives the host the directory of the whole generation as BERTH_EXTENSIONS.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (own, place) =>
        hostEnvironment(own, { ...place, extensionsDirectory: dirname(place.extensionsDirectory) }),
    }),
  },
  {
    id: "work-directory-with-a-file",
    clause: "OP-052",
    breaks: "It leaves a file of its own in the work directory.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (own, place) => {
        writeFileSync(join(place.workDirectory, "operation.json"), "{}");
        return hostEnvironment(own, place);
      },
    }),
  },
  {
    id: "work-directory-stays",
    clause: "OP-052",
    breaks: "It leaves the work directory of an operation that has ended behind.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        constructor(options: ConstructorParameters<typeof HostRun>[0]) {
          super(options);
          void this.gone.then(() => mkdir(options.workDirectory));
        }
      },
    }),
  },
  {
    id: "agents-environment-handed-on",
    clause: "OP-053",
    breaks: "It hands the host its own environment.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (own, place) => ({ ...own, ...hostEnvironment(own, place) }),
    }),
  },
  {
    id: "proxy-handed-on",
    clause: "OP-053",
    breaks: "It hands the host the proxy of its own environment, where there is one.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (own, place) => {
        const { HTTPS_PROXY } = own;
        return { ...(HTTPS_PROXY && { HTTPS_PROXY }), ...hostEnvironment(own, place) };
      },
    }),
  },
  {
    id: "temporary-directory-of-the-system",
    clause: "OP-053",
    breaks: "It points TMPDIR at the temporary directory of the system.",
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (own, place) => ({ ...hostEnvironment(own, place), TMPDIR: "/tmp" }),
    }),
  },
  {
    id: "something-on-standard-input",
    clause: "OP-054",
    breaks: "It writes a line to the host's standard input.",
    part: "operations/host-process",
    mutate: ({ startHostProcess }) => ({
      startHostProcess: (start) =>
        startHostProcess({
          ...start,
          entryPath: "/bin/sh",
          arguments: ["-c", 'echo a line | "$0" "$@"', start.entryPath, ...start.arguments],
        }),
    }),
  },
];
