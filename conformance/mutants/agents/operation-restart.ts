import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AgentMutant } from "../mutant.ts";

/** Broken lives after a restart: what is kept of operations, for how long, and what is left of their hosts. */
export const operationRestartMutants: readonly AgentMutant[] = [
  {
    id: "output-lost-at-a-restart",
    clause: "OP-025",
    breaks: "It removes at its start the output of operations that have ended.",
    part: "operations/operation-recovery",
    mutate: ({ recoverOperations }) => ({
      recoverOperations: async (options) => {
        for (const name of await readdir(options.directory).catch(() => [])) {
          for (const file of ["output", "output.index"]) await rm(join(options.directory, name, file), { force: true });
        }
        return recoverOperations(options);
      },
    }),
  },
  {
    id: "results-forgotten-at-a-restart",
    clause: "OP-040",
    breaks: "It knows no operation of its former life.",
    part: "operations/operation-recovery",
    mutate: ({ recoverOperations }) => ({
      recoverOperations: async (options) => {
        await recoverOperations(options);
        return [];
      },
    }),
  },
  {
    id: "running-operation-died-at-a-restart",
    clause: "OP-040",
    breaks: "It says of an operation that ran when it was killed that its host died.",
    part: "operations/operation",
    mutate: ({ Operation }) => ({
      Operation: class extends Operation {
        constructor(...[directory, record, ...rest]: ConstructorParameters<typeof Operation>) {
          const isUnknown = record.state === "UNKNOWN_AFTER_RESTART";
          super(directory, isUnknown ? { ...record, state: "HOST_DIED" } : record, ...rest);
        }
      },
    }),
  },
  {
    id: "running-operation-forgotten-at-a-restart",
    clause: "OP-040",
    breaks: "It forgets an operation that ran when it was killed.",
    part: "operations/operation-recovery",
    mutate: ({ recoverOperations }) => ({
      recoverOperations: async (options) => {
        const recovered = await recoverOperations(options);
        const states = await Promise.all(recovered.map(({ operation }) => operation.status()));
        return recovered.filter((_, index) => states[index]?.state !== 8);
      },
    }),
  },
  {
    id: "leftover-hosts-run-on",
    clause: "OP-041",
    breaks: "It serves while the hosts of its former life run on, and ends them when it ends itself.",
    part: "operations/leftover-hosts",
    mutate: () => ({
      endLeftoverHost: async ({ process: leader }) => {
        process.once("exit", () => {
          if (leader !== undefined) process.kill(-leader.pid, "SIGKILL");
        });
      },
    }),
  },
  {
    id: "twenty-results-kept",
    clause: "OP-042",
    breaks: "It keeps no more than 20 operations that have ended.",
    part: "operations/retention",
    mutate: ({ selectExpired }) => ({
      selectExpired: (ended, nowMs, retention) => selectExpired(ended, nowMs, { ...retention, maxOperations: 20 }),
    }),
  },
];
