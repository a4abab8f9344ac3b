import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { AgentMutant } from "../mutant.ts";
import { unprovenGeneration } from "./unproven-generation.ts";

/** Broken dealings with the disk. */
export const diskMutants: readonly AgentMutant[] = [
  {
    id: "root-remembered-by-its-path",
    clause: "SYNC-070",
    breaks: "It keeps the absolute path of its instances, and goes on using it.",
    part: "instancing/instances",
    mutate: ({ openInstances }) => ({
      openInstances(options) {
        const note = path.join(options.directory, "..", "instances.path");
        mkdirSync(options.directory, { recursive: true });
        if (!existsSync(note)) writeFileSync(note, options.directory);
        return openInstances({ ...options, directory: readFileSync(note, "utf8") });
      },
    }),
  },
  {
    id: "generations-listed-beside-the-root",
    clause: "INST-061",
    breaks: "It lists its generations beside its root, and goes by the list.",
    part: "sync/generations",
    mutate: ({ openGenerations }) => ({
      async openGenerations(directory, ...rest) {
        const generations = await openGenerations(directory, ...rest);
        const root = path.join(directory, "..", "..", "..");
        const list = `${root}.list`;
        const lineOf = (digest: Uint8Array) =>
          `${path.relative(root, directory)} ${Buffer.from(digest).toString("hex")}\n`;
        const commit = generations.commit.bind(generations);
        generations.commit = async (digest, manifest) => {
          appendFileSync(list, lineOf(digest));
          return commit(digest, manifest);
        };
        const confirm = generations.confirm.bind(generations);
        generations.confirm = async (digest) => {
          const found = await confirm(digest);
          if (found !== undefined || !existsSync(list) || !readFileSync(list, "utf8").includes(lineOf(digest)))
            return found;
          const place = path.join(directory, "generations", Buffer.from(digest).toString("hex"));
          return unprovenGeneration(digest, place);
        };
        return generations;
      },
    }),
  },
  {
    id: "disk-without-room-is-a-fault",
    clause: "SYNC-071",
    breaks: "It calls a disk without room a fault of its own.",
    part: "errors/storage-errors",
    mutate: ({ isSystemError }) => ({
      isSystemError: (error): error is NodeJS.ErrnoException =>
        isSystemError(error) && error.code !== "EFBIG" && error.code !== "ENOSPC",
    }),
  },
];
