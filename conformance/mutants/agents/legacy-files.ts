import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { AgentMutant } from "../mutant.ts";

/** Broken trees: what is listed, what stays, and what can be executed. */
export const legacyFilesMutants: readonly AgentMutant[] = [
  {
    id: "list-ends-after-256-files",
    clause: "LEG-020",
    breaks: "It lists no more than 256 files of a package.",
    agentVersion: 46,
    part: "legacy/tree-listing",
    mutate: ({ listTree }) => ({
      async *listTree(directory) {
        for await (const files of listTree(directory)) yield files.slice(0, 256);
      },
    }),
  },
  {
    id: "hosts-not-listed",
    clause: "LEG-020",
    breaks: "It lists the files of extensions and not those of hosts.",
    agentVersion: 42,
    part: "legacy/tree-listing",
    mutate: ({ listTree }) => ({
      async *listTree(directory) {
        for await (const files of listTree(directory)) yield files.filter(({ kind }) => kind !== "host");
      },
    }),
  },
  {
    id: "times-in-whole-seconds",
    clause: "LEG-020",
    breaks: "It lists modification times in whole seconds.",
    agentVersion: 46,
    part: "legacy/modification-time",
    mutate: ({ readModifiedMs }) => ({
      readModifiedMs: (stats) => (readModifiedMs(stats) / 1_000n) * 1_000n,
    }),
  },
  {
    id: "package-emptied-by-an-update",
    clause: "LEG-026",
    breaks: "It removes the other files of a package when one of them is updated.",
    agentVersion: 46,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        return {
          ...tree,
          async beginUpdate(place, newFile) {
            await rm(join(tree.directory, `${place.kind}s`, place.name), { recursive: true, force: true });
            return tree.beginUpdate(place, newFile);
          },
        };
      },
    }),
  },
  {
    id: "extensions-never-executable",
    clause: "LEG-027",
    breaks: "It gives no file of an extension the right to be executed.",
    agentVersion: 46,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        return {
          ...tree,
          beginUpdate: (place, newFile) =>
            tree.beginUpdate(place, { ...newFile, executable: newFile.executable && place.kind === "host" }),
        };
      },
    }),
  },
  {
    id: "rights-stay-as-they-were",
    clause: "LEG-027",
    breaks: "It leaves the rights of a file as they were when the file is updated.",
    agentVersion: 42,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        const rights = new Map<string, boolean>();
        return {
          ...tree,
          async beginUpdate(place, newFile) {
            const key = JSON.stringify(place);
            const executable = rights.get(key) ?? newFile.executable;
            rights.set(key, executable);
            return tree.beginUpdate(place, { ...newFile, executable });
          },
        };
      },
    }),
  },
];
