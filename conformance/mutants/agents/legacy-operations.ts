import { copyFile, cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { HostStream, type RunOperationResponse } from "@berth/proto/messages/sync/v44/host";
import type { AgentMutant } from "../mutant.ts";

/** Broken operations of the dialects 1 and 44: from which files they run, what comes of their output, and what is refused. */
export const legacyOperationsMutants: readonly AgentMutant[] = [
  {
    id: "host-as-it-was-first",
    clause: "LEG-040",
    breaks: "It runs a tree's host as it was when it was run for the first time.",
    agentVersion: 46,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        const kept = join(directory, "first-host");
        let isKept = false;
        return {
          ...tree,
          async findEntry(host, entry) {
            const found = await tree.findEntry(host, entry);
            if (found !== undefined && !isKept) await copyFile(found, kept);
            isKept ||= found !== undefined;
            return found && kept;
          },
        };
      },
    }),
  },
  {
    id: "extensions-as-they-were-first",
    clause: "LEG-040",
    breaks: "As version 42 it gives every host the extensions as they were at the first operation.",
    agentVersion: 42,
    part: "legacy/instance-tree",
    mutate: ({ openInstanceTree }) => ({
      openInstanceTree: async (directory) => {
        const tree = await openInstanceTree(directory);
        const kept = join(directory, "first-extensions");
        await rm(kept, { recursive: true, force: true });
        return {
          ...tree,
          async extensionsDirectory() {
            await cp(await tree.extensionsDirectory(), kept, { recursive: true, force: false });
            return kept;
          },
        };
      },
    }),
  },
  {
    id: "entry-without-the-right",
    clause: "LEG-041",
    breaks: "It tries to start an entry that is not executable.",
    agentVersion: 46,
    part: "sync/placement",
    mutate: () => ({ isExecutable: () => true }),
  },
  {
    id: "entry-beside-the-host",
    clause: "LEG-041",
    breaks: "It follows an entry out of its host's package.",
    agentVersion: 46,
    part: "rules/path",
    mutate: ({ checkPath }) => ({
      checkPath: (path) => {
        const fault = checkPath(path);
        return fault?.rule === "dot-segment" ? undefined : fault;
      },
    }),
  },
  {
    id: "errors-among-the-output",
    clause: "LEG-042",
    breaks: "It marks all output as standard output.",
    agentVersion: 46,
    part: "legacy/run-operation",
    mutate: ({ runOperation }) => ({
      runOperation: (request, stream, calls) =>
        runOperation(request, { ...stream, send: (message) => stream.send(asStandardOutput(message)) }, calls),
    }),
  },
  {
    id: "end-before-the-last-output",
    clause: "LEG-042",
    breaks: "It says how an operation ended before the last of its output.",
    agentVersion: 42,
    part: "legacy/run-operation",
    mutate: ({ runOperation }) => ({
      runOperation: async (request, stream, calls) => {
        let held: RunOperationResponse | undefined;
        const send = async (message: RunOperationResponse) => {
          const before = held;
          held = message.event?.$case === "end" ? before : message;
          const next = message.event?.$case === "end" ? message : before;
          if (next !== undefined) await stream.send(next);
        };
        await runOperation(request, { ...stream, send }, calls);
        if (held !== undefined) await stream.send(held);
      },
    }),
  },
  {
    id: "output-held-to-the-end",
    clause: "LEG-042",
    breaks: "It keeps the output of an operation until the operation has ended.",
    agentVersion: 46,
    hangs: true,
    part: "legacy/run-operation",
    mutate: ({ runOperation }) => ({
      async runOperation(request, stream, calls) {
        const held: RunOperationResponse[] = [];
        await runOperation(request, { ...stream, send: async (message) => void held.push(message) }, calls);
        for (const message of held) await stream.send(message);
      },
    }),
  },
  {
    id: "arguments-of-any-form",
    clause: "LEG-046",
    breaks: "It cuts a name that is too long, and drops NUL characters from arguments, in place of a refusal.",
    agentVersion: 46,
    part: "operations/operation-request",
    mutate: ({ checkNameAndArguments }) => ({
      checkNameAndArguments: (name, args, most) =>
        checkNameAndArguments(
          name.slice(0, 64),
          args.map((each) => each.replaceAll("\0", "")),
          most,
        ),
    }),
  },
  {
    id: "name-beside-the-arguments",
    clause: "HS-030",
    breaks: "As version 46 it holds the arguments without the operation's name against max_argument_bytes.",
    agentVersion: 46,
    part: "operations/operation-request",
    mutate: ({ checkNameAndArguments }) => ({
      checkNameAndArguments: (name, args, most) =>
        checkNameAndArguments(name, args, most && most + Buffer.byteLength(name)),
    }),
  },
  {
    id: "arguments-refused-when-they-reach-the-limit",
    clause: "HS-031",
    breaks: "As version 46 it refuses name and arguments of exactly max_argument_bytes.",
    agentVersion: 46,
    part: "operations/operation-request",
    mutate: ({ checkNameAndArguments }) => ({
      checkNameAndArguments: (name, args, most) => checkNameAndArguments(name, args, most && most - 1),
    }),
  },
  {
    id: "operations-without-number",
    clause: "LEG-046",
    breaks: "As version 42 it runs any number of operations at once.",
    agentVersion: 42,
    part: "instancing/open-instance",
    mutate: ({ openInstance }) => ({
      openInstance: (options) => openInstance({ ...options, limits: { ...options.limits, maxOperations: 0 } }),
    }),
  },
];

function asStandardOutput({ event }: RunOperationResponse): RunOperationResponse {
  if (event?.$case !== "output") return { event };
  return { event: { ...event, value: { ...event.value, stream: HostStream.HOST_STREAM_STDOUT } } };
}
