import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { AgentMutant } from "../mutant.ts";

/** Broken upgrades from a version before 49, over the same root. */
export const legacyUpgradeMutants: readonly AgentMutant[] = [
  {
    id: "tree-passed-over",
    clause: "LEG-050",
    breaks: "It does not look into the tree of an older version, and has everything sent again.",
    part: "legacy/tree-contents",
    mutate: ({ findTreeContents }) => ({ findTreeContents: (directory) => findTreeContents(directory, []) }),
  },
  {
    id: "tree-believed-by-size",
    clause: "LEG-050",
    breaks: "It takes a file of the tree for the content that has its size, without comparing it.",
    part: "legacy/tree-contents",
    mutate: ({ findTreeContents }) => ({
      findTreeContents: async (directory, wanted) => {
        const found = await findTreeContents(directory, wanted);
        const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
        const files = entries.map(async (entry) => {
          const file = join(entry.parentPath, entry.name);
          const { size } = await stat(file);
          const content = wanted.find(({ sizeBytes }) => entry.isFile() && sizeBytes === size);
          return content ? [{ ...content, relativePath: relative(directory, file), executable: false }] : [];
        });
        return { ...found, files: [...found.files, ...(await Promise.all(files)).flat()] };
      },
    }),
  },
];
