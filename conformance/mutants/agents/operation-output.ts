import type { AgentMutant } from "../mutant.ts";
import { changedOperations } from "./changed-operations.ts";

/** Broken output of operations: what is kept of it, and how it is counted. */
export const operationOutputMutants: readonly AgentMutant[] = [
  {
    id: "streams-merged",
    clause: "OP-020",
    breaks: "It marks all output as standard output.",
    part: "operations/operation",
    mutate: ({ Operation }) => ({
      Operation: class extends Operation {
        override addOutput(_stream: 1 | 2, bytes: Buffer): Promise<void> {
          return super.addOutput(1, bytes);
        }
      },
    }),
  },
  {
    id: "output-taken-for-text",
    clause: "OP-020",
    breaks: "It takes output for UTF-8, and replaces what is none.",
    part: "operations/operation",
    mutate: ({ Operation }) => ({
      Operation: class extends Operation {
        override addOutput(stream: 1 | 2, bytes: Buffer): Promise<void> {
          return super.addOutput(stream, Buffer.from(bytes.toString()));
        }
      },
    }),
  },
  {
    id: "long-output-cut",
    clause: "OP-020",
    breaks: "It keeps 64 KiB of output, whatever max_output_bytes says.",
    part: "instancing/open-instance",
    mutate: ({ openInstance }) => ({
      openInstance: (options) => openInstance({ ...options, limits: { ...options.limits, maxOutputBytes: 65_536n } }),
    }),
  },
  {
    id: "cursor-of-one-stream",
    clause: "OP-021",
    breaks: "It counts the bytes of standard output alone in a cursor.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ start }) => ({
      async start(request) {
        const view = await start(request);
        const errors = view.output.filter(({ stream }) => stream === 2);
        const errorBytes = errors.reduce((sum, { data }) => sum + data.length, 0);
        return { ...view, nextCursor: view.nextCursor - BigInt(errorBytes) };
      },
    })),
  },
  {
    id: "output-without-end",
    clause: "OP-024",
    breaks: "It keeps all output, whatever max_output_bytes says.",
    part: "instancing/open-instance",
    mutate: ({ openInstance }) => ({
      openInstance: (options) => openInstance({ ...options, limits: { ...options.limits, maxOutputBytes: 0n } }),
    }),
  },
  {
    id: "truncation-not-marked",
    clause: "OP-024",
    breaks: "It does not say that output was dropped.",
    part: "operations/operation",
    mutate: ({ Operation }) => ({
      Operation: class extends Operation {
        override async status() {
          return { ...(await super.status()), outputTruncated: false };
        }
      },
    }),
  },
  {
    id: "output-read-once",
    clause: "OP-025",
    breaks: "It blanks output that was read once.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ read }) => {
      const ends = new Map<string, bigint>();
      return {
        async read(request) {
          const view = await read(request);
          const end = ends.get(request.operationId) ?? 0n;
          if (view.nextCursor > end) ends.set(request.operationId, view.nextCursor);
          if (request.cursor >= end) return view;
          const output = view.output.map((chunk) => ({ ...chunk, data: Buffer.alloc(chunk.data.length, " ") }));
          return { ...view, output };
        },
      };
    }),
  },
];
