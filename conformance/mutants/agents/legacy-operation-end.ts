import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostEnd, type OperationEnd, type RunOperationResponse } from "@berth/proto/messages/sync/v44/host";
import type { AgentMutant } from "../mutant.ts";

/** Broken ends of operations in the dialects 1 and 44, and what a host is given there. */
export const legacyOperationEndMutants: readonly AgentMutant[] = [
  {
    id: "host-outlives-its-call",
    clause: "LEG-043",
    breaks: "It lets the host go on when the call is cancelled or its connection is gone.",
    agentVersion: 46,
    part: "legacy/run-operation",
    mutate: ({ runOperation }) => ({
      runOperation: (request, stream, calls) =>
        runOperation(request, { ...stream, signal: new AbortController().signal }, calls),
    }),
  },
  {
    id: "host-only-asked-when-its-call-ends",
    clause: "LEG-043",
    breaks: "It asks a host whose caller has gone to end, and does not force it.",
    agentVersion: 42,
    part: "operations/host-run",
    mutate: ({ HostRun }) => ({
      HostRun: class extends HostRun {
        override endFor(...[cause, graceMs]: Parameters<InstanceType<typeof HostRun>["endFor"]>): void {
          super.endFor(cause, cause.state === "CANCELLED" ? 3_600_000 : graceMs);
        }
      },
    }),
  },
  {
    id: "agents-environment-handed-on-by-46",
    clause: "LEG-044",
    breaks: "As version 46 it hands the host its own environment.",
    agentVersion: 46,
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (own, place) => ({ ...own, ...hostEnvironment(own, place) }),
    }),
  },
  {
    id: "work-directory-of-46-with-a-file",
    clause: "LEG-044",
    breaks: "As version 46 it leaves a file of its own in the work directory.",
    agentVersion: 46,
    part: "operations/host-environment",
    mutate: ({ hostEnvironment }) => ({
      hostEnvironment: (own, place) => {
        writeFileSync(join(place.workDirectory, "operation.json"), "{}");
        return hostEnvironment(own, place);
      },
    }),
  },
  {
    id: "whole-tree-as-extensions",
    clause: "LEG-044",
    breaks: "It gives the host the directory of the whole tree as BERTH_EXTENSIONS.",
    agentVersion: 42,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        return {
          ...tree,
          async extensionsDirectory() {
            await tree.extensionsDirectory();
            return tree.directory;
          },
        };
      },
    }),
  },
  {
    id: "exit-code-forgotten",
    clause: "LEG-045",
    breaks: "It says of every host that ended by itself that it ended with the exit code 0.",
    agentVersion: 46,
    part: "legacy/run-operation",
    mutate: ({ runOperation }) => ({
      runOperation: (request, stream, calls) => {
        const send = (message: RunOperationResponse) => stream.send(withEnd(message, { exitCode: 0 }));
        return runOperation(request, { ...stream, send }, calls);
      },
    }),
  },
  {
    id: "time-up-taken-for-a-death",
    clause: "LEG-045",
    breaks: "It says of a host whose time was up that it died.",
    agentVersion: 46,
    part: "legacy/run-operation",
    mutate: ({ runOperation }) => ({
      runOperation: (request, stream, calls) => {
        const { HOST_END_TIMED_OUT, HOST_END_HOST_DIED } = HostEnd;
        const died = (end: OperationEnd) => (end.how === HOST_END_TIMED_OUT ? { how: HOST_END_HOST_DIED } : {});
        const send = (message: RunOperationResponse) =>
          stream.send(message.event?.$case === "end" ? withEnd(message, died(message.event.value)) : message);
        return runOperation(request, { ...stream, send }, calls);
      },
    }),
  },
  {
    id: "own-time-limit-forgotten-by-46",
    clause: "LEG-045",
    breaks: "As version 46 it holds an operation to timeout_ms alone, however long it goes beyond max_operation_ms.",
    agentVersion: 46,
    part: "operations/long-timer",
    mutate: () => ({ shorterMs: (asked) => Number(asked) }),
  },
  {
    id: "offspring-spared-by-46",
    clause: "LEG-045",
    breaks: "As version 46 it lets run on what a host left in its process group, until it ends itself.",
    agentVersion: 46,
    part: "operations/process-group",
    mutate: ({ endRestOfGroup }) => ({
      endRestOfGroup: (group) => void process.once("exit", () => endRestOfGroup(group)),
    }),
  },
];

function withEnd({ event }: RunOperationResponse, change: Partial<OperationEnd>): RunOperationResponse {
  return event?.$case === "end" ? { event: { ...event, value: { ...event.value, ...change } } } : { event };
}
