import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { AgentMutant } from "../mutant.ts";

/** Broken care for instances that nobody uses. */
export const idleInstancesMutants: readonly AgentMutant[] = [
  {
    id: "sessions-keep-no-instance",
    clause: "INST-060",
    breaks: "It removes an instance while a session lives in it.",
    part: "instancing/idleness",
    mutate: ({ createIdleness }) => ({
      createIdleness: (beforeMs, now) => ({ ...createIdleness(beforeMs, now), enter: () => () => {} }),
    }),
  },
  {
    id: "operations-keep-no-instance",
    clause: "INST-060",
    breaks: "It removes an instance while an operation runs in it.",
    part: "instancing/idleness",
    mutate: ({ createIdleness }) => ({
      createIdleness(beforeMs, now) {
        const idleness = createIdleness(beforeMs, now);
        return { enter: idleness.enter, measureMs: () => idleness.measureMs(false) };
      },
    }),
  },
  {
    id: "owner-outlives-its-instance",
    clause: "INST-061",
    breaks: "It remembers the owner of an instance that it removed.",
    part: "storage/trash",
    mutate: ({ openTrash }) => ({
      async openTrash(directory, logger) {
        const trash = await openTrash(directory, logger);
        return {
          settled: () => trash.settled(),
          async discard(target) {
            const file = path.join(target, "instance.json");
            const record = await readFile(file).catch(() => undefined);
            await trash.discard(target);
            if (record === undefined) return;
            await mkdir(target);
            await writeFile(file, record);
          },
        };
      },
    }),
  },
];
