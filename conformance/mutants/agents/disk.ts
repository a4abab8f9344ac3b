import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { AgentMutant } from "../mutant.ts";

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
