import type { AgentMutant } from "../mutant.ts";
import { changedOperations } from "./changed-operations.ts";

/** Broken reads of operations: how long they wait, how much they answer, and what they refuse. */
export const operationReadMutants: readonly AgentMutant[] = [
  {
    id: "read-never-waits",
    clause: "OP-022",
    breaks: "It answers a read at once, whatever wait_ms is.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ read }) => ({ read: (request) => read({ ...request, waitMs: 0n }) })),
  },
  {
    id: "read-waits-for-the-end",
    clause: "OP-022",
    breaks: "It lets a waiting read wait for the end of the operation, whatever output there is meanwhile.",
    hangs: true,
    part: "operations/operation",
    mutate: ({ Operation }) => ({
      Operation: class extends Operation {
        override waitForOutputBeyond(_cursor: number, waitMs: number, signal: AbortSignal): Promise<void> {
          return this.waitForEnd(waitMs, signal);
        }
      },
    }),
  },
  {
    id: "cursor-beyond-the-end-taken",
    clause: "OP-023",
    breaks: "It answers a read beyond the end of the output with no output.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ read }) => ({
      async read(request) {
        const { status } = await read({ ...request, cursor: 0n, waitMs: 0n });
        if (request.cursor <= status.outputBytes) return read(request);
        return { status, output: [], nextCursor: request.cursor };
      },
    })),
  },
  {
    id: "cursor-beyond-the-end-is-another-fault",
    clause: "OP-023",
    breaks: "It refuses a cursor beyond the end as if there were no such operation.",
    part: "operations/operation-errors",
    mutate: ({ operationUnknown }) => ({ invalidCursor: operationUnknown }),
  },
  {
    id: "unknown-operation-abandoned",
    clause: "OP-026",
    breaks: "It answers an abandon of an operation that it does not have with ABANDONED.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ abandon }) => ({
      abandon: (id) =>
        abandon(id).catch(() => ({
          operationId: id.toLowerCase(),
          state: 7,
          exitCode: 0,
          reason: "It was given up.",
          manifestDigest: Buffer.alloc(32),
          outputBytes: 0n,
          outputTruncated: false,
        })),
    })),
  },
  {
    id: "unknown-operation-is-a-bad-id",
    clause: "OP-026",
    breaks: "It refuses the id of an operation that it does not have as if it were none.",
    part: "operations/operation-errors",
    mutate: ({ invalidOperationId }) => ({ operationUnknown: invalidOperationId }),
  },
  {
    id: "max-bytes-passed-over",
    clause: "OP-027",
    breaks: "It answers a read with all the output there is, whatever max_bytes is.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ read }) => ({ read: (request) => read({ ...request, maxBytes: 0 }) })),
  },
];
