import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { AgentMutant } from "../mutant.ts";
import { changedOperations } from "./changed-operations.ts";

/** Broken counts and states of operations. */
export const operationStateMutants: readonly AgentMutant[] = [
  {
    id: "abandoned-after-its-end",
    clause: "OP-015",
    breaks: "It sets the state ABANDONED on an abandon, also of an operation that has ended.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ abandon }) => ({
      async abandon(id) {
        const given = { state: OperationState.OPERATION_STATE_ABANDONED, exitCode: 0, reason: "It was given up." };
        return { ...(await abandon(id)), ...given };
      },
    })),
  },
  {
    id: "operations-not-counted",
    clause: "OP-016",
    breaks: "It runs any number of operations at once.",
    part: "instancing/open-instance",
    mutate: ({ openInstance }) => ({
      openInstance: (options) => openInstance({ ...options, limits: { ...options.limits, maxOperations: 0 } }),
    }),
  },
  {
    id: "ended-operations-counted",
    clause: "OP-016",
    breaks: "It counts operations that have ended among those that run.",
    part: "operations/operation-table",
    mutate: ({ OperationTable }) => ({
      OperationTable: class extends OperationTable {
        #begun = 0;
        override get runningCount(): number {
          return this.#begun;
        }
        override set(...words: Parameters<InstanceType<typeof OperationTable>["set"]>): void {
          this.#begun += 1;
          super.set(...words);
        }
      },
    }),
  },
];
