import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { AgentMutant } from "../mutant.ts";

/** Broken updates in place: what a file holds after an update, and after one that ended early. */
export const legacyUpdateInPlaceMutants: readonly AgentMutant[] = [
  {
    id: "first-content-stays",
    clause: "LEG-021",
    breaks: "It accepts an update of a file that is there already, and leaves the file as it was.",
    agentVersion: 46,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        const placed = new Set<string>();
        return {
          ...tree,
          async beginUpdate(place, newFile) {
            const update = await tree.beginUpdate(place, newFile);
            const key = JSON.stringify(place);
            if (placed.has(key)) update.place = async () => {};
            placed.add(key);
            return update;
          },
        };
      },
    }),
  },
  {
    id: "time-of-arrival-kept",
    clause: "LEG-021",
    breaks: "It gives a file the time at which it arrived in place of the given one.",
    agentVersion: 42,
    part: "legacy/modification-time",
    mutate: () => ({ setModifiedMs: async () => true }),
  },
  {
    id: "partial-content-placed",
    clause: "LEG-022",
    breaks: "It puts what has arrived of a file in its place when the update ends early.",
    agentVersion: 46,
    part: "legacy/file-update",
    mutate: ({ beginFileUpdate }) => ({
      beginFileUpdate: async (...words) => {
        const update = await beginFileUpdate(...words);
        let placed = false;
        return {
          write: (bytes) => update.write(bytes),
          async place() {
            placed = true;
            await update.place();
          },
          async [Symbol.asyncDispose]() {
            if (!placed) await update.place();
            await update[Symbol.asyncDispose]();
          },
        };
      },
    }),
  },
  {
    id: "content-beyond-a-mebibyte-dropped",
    clause: "LEG-021",
    breaks: "It keeps the first MiB of a content, and drops the rest.",
    agentVersion: 46,
    part: "legacy/file-update",
    mutate: ({ beginFileUpdate }) => ({
      beginFileUpdate: async (...words) => {
        const update = await beginFileUpdate(...words);
        const write = update.write.bind(update);
        let leftBytes = 1024 * 1024;
        update.write = async (bytes) => {
          await write(bytes.subarray(0, leftBytes));
          leftBytes = Math.max(0, leftBytes - bytes.length);
        };
        return update;
      },
    }),
  },
  {
    id: "hidden-files-refused",
    clause: "LEG-021",
    breaks: "It refuses a file whose path has a segment that begins with a dot.",
    agentVersion: 42,
    part: "rules/path",
    mutate: ({ checkPath }) => ({
      checkPath: (path) => checkPath(/(^|\/)\./.test(path) ? ".." : path),
    }),
  },
  {
    id: "old-file-gone-with-the-header",
    clause: "LEG-022",
    breaks: "It removes the old file when the header of its update arrives.",
    agentVersion: 46,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        return {
          ...tree,
          async beginUpdate(place, newFile) {
            const update = await tree.beginUpdate(place, newFile);
            await rm(join(tree.directory, `${place.kind}s`, place.name, place.path), { force: true });
            return update;
          },
        };
      },
    }),
  },
  {
    id: "updates-of-one-file-mixed",
    clause: "LEG-022",
    breaks: "It takes the content of two updates of one file at once as that of one.",
    agentVersion: 46,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        const begun = new Map<string, Awaited<ReturnType<typeof tree.beginUpdate>>>();
        return {
          ...tree,
          async beginUpdate(place, newFile) {
            const key = JSON.stringify(place);
            const first = begun.get(key);
            if (first === undefined) {
              const update = await tree.beginUpdate(place, newFile);
              begun.set(key, update);
              return update;
            }
            begun.delete(key);
            const nothing = async () => {};
            return {
              write: (bytes) => first.write(bytes).catch(nothing),
              place: nothing,
              [Symbol.asyncDispose]: nothing,
            };
          },
        };
      },
    }),
  },
];
