import { OutputStream } from "@berth/proto/messages/sync/v49/operation";
import type { AgentMutant } from "../mutant.ts";
import { withOperations, withOptions } from "./with-operations.ts";

/** Broken output of operations. */
export const operationOutputMutants: readonly AgentMutant[] = [
  {
    id: "streams-not-told-apart",
    clause: "OP-020",
    breaks: "It marks all output as standard output.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const stdout = <View extends { output: { stream: OutputStream }[] }>(view: View): View => {
          for (const chunk of view.output) chunk.stream = OutputStream.OUTPUT_STREAM_STDOUT;
          return view;
        };
        const [start, read] = [own.start.bind(own), own.read.bind(own)];
        own.start = async (request) => stdout(await start(request));
        own.read = async (request) => stdout(await read(request));
      }),
    }),
  },
  {
    id: "output-taken-for-text",
    clause: "OP-020",
    breaks: "It takes output for UTF-8 and replaces what is none.",
    part: "operations/host-process",
    mutate: ({ startHostProcess }) => ({
      startHostProcess: (start) =>
        startHostProcess({
          ...start,
          onOutput: (stream, bytes) => start.onOutput(stream, Buffer.from(bytes.toString("utf8"))),
        }),
    }),
  },
  {
    id: "cursor-of-standard-output-alone",
    clause: "OP-021",
    breaks: "It counts the bytes of standard output alone in the cursor it answers with.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const read = own.read.bind(own);
        own.read = async (request) => {
          const view = await read(request);
          const other = view.output.filter(({ stream }) => stream === OutputStream.OUTPUT_STREAM_STDERR);
          const otherBytes = other.reduce((sum, { data }) => sum + data.length, 0);
          return { ...view, nextCursor: view.nextCursor - BigInt(otherBytes) };
        };
      }),
    }),
  },
  {
    id: "cursor-one-too-far",
    clause: "OP-021",
    breaks: "It counts the cursor from 1.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const read = own.read.bind(own);
        own.read = (request) => read({ ...request, cursor: request.cursor > 0n ? request.cursor - 1n : 0n });
      }),
    }),
  },
  {
    id: "read-waits-to-the-end-of-its-time",
    clause: "OP-022",
    breaks: "It answers a read when its time is over, whatever has come meanwhile.",
    hangs: true,
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const read = own.read.bind(own);
        own.read = async (request) => {
          await new Promise((resolve) => setTimeout(resolve, Number(request.waitMs)));
          return read({ ...request, waitMs: 0n });
        };
      }),
    }),
  },
  {
    id: "read-never-waits",
    clause: "OP-022",
    breaks: "It answers a read at once, however long it was asked to wait.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const read = own.read.bind(own);
        own.read = (request) => read({ ...request, waitMs: 0n });
      }),
    }),
  },
  {
    id: "wait-of-any-length",
    clause: "OP-022",
    breaks: "It waits longer than the max_wait_ms it announces.",
    hangs: true,
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOptions(InstanceOperations, (options, open) =>
        open({ ...options, limits: { ...options.limits, maxWaitMs: 0n } }),
      ),
    }),
  },
  {
    id: "cursor-beyond-the-end-answered",
    clause: "OP-023",
    breaks: "It answers a cursor beyond the end of the output with nothing.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const read = own.read.bind(own);
        own.read = (request) =>
          read(request).catch(async (error: { code?: string }) => {
            if (error.code !== "INVALID_CURSOR") throw error;
            const { status } = await read({ ...request, cursor: 0n });
            return { status, output: [], nextCursor: status.outputBytes };
          });
      }),
    }),
  },
  {
    id: "truncation-not-told",
    clause: "OP-024",
    breaks: "It does not say that output was dropped.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const [start, read] = [own.start.bind(own), own.read.bind(own)];
        const silent = async (answer: ReturnType<typeof read>) => {
          const view = await answer;
          return { ...view, status: { ...view.status, outputTruncated: false } };
        };
        own.start = (request) => silent(start(request));
        own.read = (request) => silent(read(request));
      }),
    }),
  },
  {
    id: "output-without-bound",
    clause: "OP-024",
    breaks: "It keeps more output than the max_output_bytes it announces.",
    part: "operations/operation-creation",
    mutate: ({ createOperation }) => ({
      createOperation: (creation) => createOperation({ ...creation, maxOutputBytes: 0 }),
    }),
  },
  {
    id: "output-lost-at-a-restart",
    clause: "OP-025",
    breaks: "It loses the output of an operation when it is restarted.",
    part: "operations/output-index",
    mutate: () => ({ checkIndex: async () => ({ runCount: 0, last: undefined }) }),
  },
  {
    id: "unknown-operation-called-unstarted",
    clause: "OP-026",
    breaks: "It says of an operation it does not have that there is no generation.",
    part: "operations/operation-errors",
    mutate: ({ noGeneration }) => ({ operationUnknown: noGeneration }),
  },
  {
    id: "answers-of-any-length",
    clause: "OP-027",
    breaks: "It does not mind max_bytes.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const read = own.read.bind(own);
        own.read = (request) => read({ ...request, maxBytes: 0 });
      }),
    }),
  },
];
