import type { HostOutcome } from "@berth/agent/dist/operations/host-run.js";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { AgentMutant } from "../mutant.ts";
import { withOperations } from "./with-operations.ts";

/** Broken ends of operations, and what a restart leaves of them. */
export const operationEndMutants: readonly AgentMutant[] = [
  {
    id: "cancel-without-grace",
    clause: "OP-030",
    breaks: "It ends a cancelled host by force at once.",
    part: "operations/operation-run",
    mutate: ({ OperationRun }) => ({
      OperationRun: class extends OperationRun {
        override cancel(): void {
          super.cancel(0);
        }
      },
    }),
  },
  {
    id: "cancel-without-force",
    clause: "OP-030",
    breaks: "It asks a cancelled host to end and leaves it at that.",
    hangs: true,
    part: "operations/operation-run",
    mutate: ({ OperationRun }) => ({
      OperationRun: class extends OperationRun {
        override cancel(): void {
          super.cancel(3_600_000);
        }
      },
    }),
  },
  {
    id: "cancelled-called-exited",
    clause: "OP-030",
    breaks: "It says of a cancelled operation that it exited with 143, as shells do.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        override get ended(): Promise<HostOutcome> {
          return super.ended.then(({ end, leftover }) => ({
            end: end.state === "CANCELLED" ? { state: "EXITED", exitCode: 143 } : end,
            leftover,
          }));
        }
      },
    }),
  },
  {
    id: "late-cancel-counts",
    clause: "OP-031",
    breaks: "It answers a cancel of an operation that has ended with CANCELLED.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const cancel = own.cancel.bind(own);
        own.cancel = async (...words) => {
          const status = await cancel(...words);
          const hasEnded = status.state === OperationState.OPERATION_STATE_EXITED;
          if (!hasEnded) return status;
          return {
            ...status,
            state: OperationState.OPERATION_STATE_CANCELLED,
            exitCode: 0,
            reason: "It was cancelled.",
          };
        };
      }),
    }),
  },
  {
    id: "late-abandon-counts",
    clause: "OP-015",
    breaks: "It answers an abandon of an operation that has ended with ABANDONED.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const abandon = own.abandon.bind(own);
        own.abandon = async (id) => {
          const status = await abandon(id);
          return {
            ...status,
            state: OperationState.OPERATION_STATE_ABANDONED,
            exitCode: 0,
            reason: "It was given up.",
          };
        };
      }),
    }),
  },
  {
    id: "exit-codes-as-yes-or-no",
    clause: "OP-032",
    breaks: "It tells success from failure, and not one exit code from another.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        override get ended(): Promise<HostOutcome> {
          return super.ended.then(({ end, leftover }) => ({
            end: end.state === "EXITED" ? { ...end, exitCode: Number(end.exitCode !== 0) } : end,
            leftover,
          }));
        }
      },
    }),
  },
  {
    id: "abandon-as-cancel",
    clause: "OP-033",
    breaks: "It takes an abandon for a cancel.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        own.abandon = (id) => own.cancel(id, 0n);
      }),
    }),
  },
  {
    id: "abandoned-host-runs-on",
    clause: "OP-033",
    breaks: "It lets the host of an abandoned operation run on.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        override endFor(...[cause, graceMs]: Parameters<InstanceType<typeof HostRun>["endFor"]>): void {
          if (cause.state !== "ABANDONED") super.endFor(cause, graceMs);
        }
      },
    }),
  },
  {
    id: "timeout-without-effect",
    clause: "OP-034",
    breaks: "It lets an operation run longer than its timeout_ms.",
    hangs: true,
    part: "operations/operation-run",
    mutate: ({ OperationRun }) => ({
      OperationRun: class extends OperationRun {
        constructor(options: ConstructorParameters<typeof OperationRun>[0]) {
          super({ ...options, timeoutMs: 0 });
        }
      },
    }),
  },
  {
    id: "operations-without-end",
    clause: "OP-034",
    breaks: "It lets an operation run longer than the max_operation_ms it announces.",
    hangs: true,
    part: "operations/long-timer",
    mutate: () => ({ shorterMs: (asked) => Number(asked) }),
  },
  {
    id: "shell-for-what-is-no-program",
    clause: "OP-035",
    breaks: "It leaves it to the system whether an entry point is a program.",
    part: "operations/entry-point",
    mutate: () => ({ whyNoProgram: async () => undefined }),
  },
  {
    id: "signal-as-exit-code",
    clause: "OP-036",
    breaks: "It takes a host that was ended by a signal for one that exited with 137, as shells do.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        override get ended(): Promise<HostOutcome> {
          return super.ended.then(({ end, leftover }) => ({
            end: end.state === "HOST_DIED" ? { state: "EXITED", exitCode: 137 } : end,
            leftover,
          }));
        }
      },
    }),
  },
  {
    id: "died-without-reason",
    clause: "OP-036",
    breaks: "It gives no reason for the end of a host that died.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        override get ended(): Promise<HostOutcome> {
          return super.ended.then(({ end, leftover }) => ({
            end: end.state === "HOST_DIED" ? { ...end, reason: "" } : end,
            leftover,
          }));
        }
      },
    }),
  },
  {
    id: "one-death-ends-all",
    clause: "OP-037",
    breaks: "It ends every operation when a host dies.",
    part: "operations/host-run",
    mutate({ HostRun }) {
      const all = new Set<InstanceType<typeof HostRun>>();
      return {
        HostRun: class extends HostRun {
          constructor(options: ConstructorParameters<typeof HostRun>[0]) {
            super(options);
            all.add(this);
            void super.ended.then(({ end }) => {
              if (end.state === "HOST_DIED") for (const one of all) one.endFor(end, 0);
            });
          }
        },
      };
    },
  },
  {
    id: "offspring-left-alone",
    clause: "OP-038",
    breaks: "It leaves what a host started and did not end.",
    part: "operations/process-group",
    mutate: () => ({ endRestOfGroup: () => {} }),
  },
  {
    id: "interrupted-called-exited",
    clause: "OP-040",
    breaks: "It says of an operation that ran when it was killed that it exited with 0.",
    part: "operations/operation-record",
    mutate: ({ readOperationRecord }) => ({
      async readOperationRecord(...words) {
        const found = await readOperationRecord(...words);
        if (found.kind !== "record" || found.record.state !== "RUNNING") return found;
        return { kind: "record", record: { ...found.record, state: "EXITED", endedAtMs: Date.now() } };
      },
    }),
  },
  {
    id: "operations-forgotten-at-a-restart",
    clause: "OP-040",
    breaks: "It forgets its operations when it is restarted.",
    part: "operations/operation-recovery",
    mutate: ({ recoverOperations }) => ({
      async recoverOperations(options) {
        await recoverOperations(options);
        return [];
      },
    }),
  },
  {
    id: "leftover-hosts-run-on",
    clause: "OP-041",
    breaks: "It lets the hosts of its former life run on.",
    part: "operations/leftover-hosts",
    mutate: () => ({ endLeftoverHost: async () => {} }),
  },
  {
    id: "hundred-results-kept",
    clause: "OP-042",
    breaks: "It keeps the results of the last hundred operations.",
    part: "operations/retention",
    mutate: ({ defaultRetention }) => ({ defaultRetention: { ...defaultRetention, maxOperations: 100 } }),
  },
];
