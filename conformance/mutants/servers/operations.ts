import type { ServerMutant } from "../mutant.ts";

/** Broken operations: their ids and their output. */
export const operationsMutants: readonly ServerMutant[] = [
  {
    id: "operations-share-an-id",
    clause: "OP-060",
    breaks: "It gives every operation the same id.",
    part: "operations/operation-calls",
    mutate: ({ startOperation, readOperation, cancelOperation }) => {
      const one = { id: "6f9c0f5e-2f0b-4b7a-9a53-0d6a5c1f7e11" };
      return {
        startOperation: (link, order) => startOperation(link, { ...order, ...one }),
        readOperation: (link, order, ...rest) => readOperation(link, { ...order, ...one }, ...rest),
        cancelOperation: (link, order) => cancelOperation(link, { ...order, ...one }),
      };
    },
  },
  {
    id: "output-left-at-the-end",
    clause: "OP-061",
    breaks: "It stops reading as soon as the state is final, whatever output is left.",
    part: "operations/operation-calls",
    mutate: ({ startOperation, readOperation, isFinal }) => {
      type View = Awaited<ReturnType<typeof startOperation>>;
      const satisfied = (view: View): View =>
        isFinal(view.status) ? { ...view, nextCursor: view.status.outputBytes } : view;
      return {
        startOperation: async (...words) => satisfied(await startOperation(...words)),
        readOperation: async (...words) => satisfied(await readOperation(...words)),
      };
    },
  },
];
