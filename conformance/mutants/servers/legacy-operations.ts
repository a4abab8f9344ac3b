import { setTimeout as delay } from "node:timers/promises";
import type { ServerMutant } from "../mutant.ts";

/** Broken operations of the dialects 1 and 44: when they start, and what is made of their end. */
export const legacyOperationsMutants: readonly ServerMutant[] = [
  {
    id: "answers-to-updates-not-awaited",
    clause: "LEG-032",
    breaks: "It waits no longer than a tenth of a second for the answer to an UpdateFile.",
    part: "legacy/update-file",
    mutate: ({ updateFile }) => ({
      updateFile: async (client, one, sending) => {
        const answered = updateFile(client, one, sending);
        answered.catch(() => {}); // it can come when nobody waits any more
        await Promise.race([answered, delay(100)]);
      },
    }),
  },
  {
    id: "missing-end-taken-for-a-good-one",
    clause: "LEG-047",
    breaks: "It takes a call that ends without an end for an operation that has exited with 0.",
    part: "legacy/host-call",
    mutate: ({ callHost }) => ({
      callHost: async (...words) => {
        try {
          return await callHost(...words);
        } catch (error) {
          if (isRefusedBeforeItBegan(error)) throw error;
          return { state: "EXITED", exitCode: 0, reason: "", outputBytes: 0 };
        }
      },
    }),
  },
  {
    id: "exit-codes-of-old-agents-ignored",
    clause: "LEG-047",
    breaks: "It takes every exit code for 0.",
    part: "legacy/host-call",
    mutate: ({ callHost }) => ({
      callHost: async (...words) => {
        const end = await callHost(...words);
        return { ...end, exitCode: end.exitCode && 0 };
      },
    }),
  },
  {
    id: "every-end-on-old-agents-is-good",
    clause: "LEG-047",
    breaks: "It takes an operation without an exit code for one that has exited with 0.",
    part: "legacy/host-call",
    mutate: ({ callHost }) => ({
      callHost: async (...words) => {
        const end = await callHost(...words);
        return { ...end, exitCode: end.exitCode ?? 0 };
      },
    }),
  },
  {
    id: "exit-code-zero-taken-for-none",
    clause: "LEG-047",
    breaks: "It takes the exit code 0 for one that is missing, and reports the operation as failed.",
    part: "legacy/host-call",
    mutate: ({ callHost }) => ({
      callHost: async (...words) => {
        const end = await callHost(...words);
        return { ...end, exitCode: end.exitCode || undefined };
      },
    }),
  },
  {
    id: "lost-operation-run-again",
    clause: "LEG-048",
    breaks: "It runs an operation once more whose answer was lost.",
    part: "legacy/host-call",
    mutate: ({ callHost }) => ({
      callHost: async (...words) => {
        try {
          return await callHost(...words);
        } catch (error) {
          if (isRefusedBeforeItBegan(error)) throw error;
          return callHost(...words);
        }
      },
    }),
  },
];

function isRefusedBeforeItBegan(error: unknown): boolean {
  return error instanceof Error && error.name === "OperationNotBegun";
}
