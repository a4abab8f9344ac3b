import type { AgentParts } from "../agent-parts.ts";

type OpenInstance = AgentParts["instancing/open-instance"]["openInstance"];
/** The operations of one instance, as an agent of version 49 or later serves them. */
export type Operations = Awaited<ReturnType<OpenInstance>>["operations"];

/** A replacement of the opening of an instance, in which the calls of its operations are changed. */
export function changedOperations(change: (operations: Operations) => Partial<Operations>) {
  return ({ openInstance }: AgentParts["instancing/open-instance"]) => ({
    openInstance: async (...words: Parameters<OpenInstance>) => {
      const instance = await openInstance(...words);
      const { operations } = instance;
      const original = {
        start: operations.start.bind(operations),
        read: operations.read.bind(operations),
        cancel: operations.cancel.bind(operations),
        abandon: operations.abandon.bind(operations),
      };
      Object.assign(operations, change(original as Operations));
      return instance;
    },
  });
}
