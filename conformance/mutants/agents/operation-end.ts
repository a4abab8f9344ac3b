import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { AgentParts } from "../agent-parts.ts";
import type { AgentMutant } from "../mutant.ts";
import { changedOperations } from "./changed-operations.ts";

type Operation = AgentParts["operations/operation"]["Operation"];
type OperationEnd = Parameters<InstanceType<Operation>["end"]>[0];

/** Broken ends of operations: how they are told apart, and what is left of a host. */
export const operationEndMutants: readonly AgentMutant[] = [
  {
    id: "cancelled-without-grace",
    clause: "OP-030",
    breaks: "It ends a host by force as soon as it is cancelled.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ cancel }) => ({ cancel: (id) => cancel(id, 0n) })),
  },
  {
    id: "cancelled-with-more-grace",
    clause: "OP-030",
    breaks: "It gives a cancelled host 15 s more than grace_ms.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ cancel }) => ({ cancel: (id, graceMs) => cancel(id, graceMs + 15_000n) })),
  },
  {
    id: "late-cancel-refused",
    clause: "OP-031",
    breaks: "It does not answer a cancel of an operation that has ended.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ cancel }) => ({
      async cancel(...words) {
        const status = await cancel(...words);
        if (status.state !== OperationState.OPERATION_STATE_RUNNING) throw new Error("it has ended");
        return status;
      },
    })),
  },
  {
    id: "exit-code-zero-or-one",
    clause: "OP-032",
    breaks: "It says 1 for every exit code but 0.",
    part: "operations/operation",
    mutate: endingAs((end) => (end.state === "EXITED" ? { ...end, exitCode: Math.min(1, end.exitCode) } : end)),
  },
  {
    id: "abandon-answered-too-early",
    clause: "OP-033",
    breaks: "It answers an abandon before it has set the state.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ read, abandon }) => ({
      async abandon(id) {
        const waitSignal = AbortSignal.abort();
        const before = await read({ operationId: id, cursor: 0n, waitMs: 0n, maxBytes: 1, waitSignal });
        void abandon(id);
        return before.status;
      },
    })),
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
    id: "time-never-up",
    clause: "OP-034",
    breaks: "It lets an operation run as long as it likes.",
    hangs: true,
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        constructor(options: ConstructorParameters<typeof HostRun>[0]) {
          super({ ...options, timeoutMs: 0 });
        }
      },
    }),
  },
  {
    id: "own-time-limit-forgotten",
    clause: "OP-034",
    breaks: "It holds an operation to timeout_ms alone, however long it goes beyond max_operation_ms.",
    hangs: true,
    part: "operations/long-timer",
    mutate: () => ({ shorterMs: (asked) => Number(asked) }),
  },
  {
    id: "time-up-taken-for-a-cancel",
    clause: "OP-034",
    breaks: "It sets the state CANCELLED when the time of an operation is up.",
    part: "operations/operation",
    mutate: endingAs((end) => (end.state === "TIMED_OUT" ? { ...end, state: "CANCELLED" } : end)),
  },
  {
    id: "text-handed-to-the-shell",
    clause: "OP-035",
    breaks: "It lets the system try an entry point that is no program, which hands it to the shell.",
    part: "operations/entry-point",
    mutate: () => ({ whyNoProgram: async () => undefined }),
  },
  {
    id: "killed-host-exited",
    clause: "OP-036",
    breaks: "It sets the state EXITED when a host is ended by a signal, as a shell would.",
    part: "operations/operation",
    mutate: endingAs((end) => (end.state === "HOST_DIED" ? { state: "EXITED", exitCode: 137 } : end)),
  },
  {
    id: "offspring-spared",
    clause: "OP-038",
    breaks: "It lets run on what a host left in its process group, until it ends itself.",
    part: "operations/process-group",
    mutate: ({ endRestOfGroup }) => ({
      endRestOfGroup: (group) => void process.once("exit", () => endRestOfGroup(group)),
    }),
  },
];

/** Operations that end otherwise than their hosts did. */
function endingAs(change: (end: OperationEnd) => OperationEnd) {
  return ({ Operation }: AgentParts["operations/operation"]) => ({
    Operation: class extends Operation {
      override end(...[end, host]: Parameters<InstanceType<Operation>["end"]>): Promise<void> {
        return super.end(change(end), host);
      }
    },
  });
}
