import { randomUUID } from "node:crypto";
import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

type Calls = ServerParts["operations/operation-calls"];

/** Broken operations: their ids, their output, and what is reported of them. */
export const operationsMutants: readonly ServerMutant[] = [
  {
    id: "operations-share-an-id",
    clause: "OP-060",
    breaks: "It gives every operation the same id.",
    part: "operations/operation-calls",
    mutate: underId(() => "6f9c0f5e-2f0b-4b7a-9a53-0d6a5c1f7e11"),
  },
  {
    id: "operation-id-is-no-uuid",
    clause: "OP-060",
    breaks: "It gives operations ids that are no UUIDs.",
    part: "operations/operation-calls",
    mutate: underId((id) => `operation-${id}`),
  },
  {
    id: "lost-start-given-up",
    clause: "OP-060",
    breaks: "It does not repeat a start whose answer was lost.",
    part: "errors/repeatable",
    mutate: () => ({ canBeRepeated: () => false }),
  },
  {
    id: "lost-start-repeated-under-a-new-id",
    clause: "OP-060",
    breaks: "It repeats a start whose answer was lost under another id.",
    part: "transport/unary-call",
    mutate: ({ callUnary }) => {
      const present = new Map<string, string>();
      return {
        callUnary: async (method, request, bounds) => {
          const { operationId: id, arguments: words } = request as { operationId?: string; arguments?: unknown };
          if (id === undefined) return callUnary(method, request, bounds);
          if (words !== undefined) present.set(id, present.has(id) ? randomUUID() : id);
          const response = await callUnary(method, { ...request, operationId: present.get(id) ?? id }, bounds);
          const { status } = response as { status?: object };
          return { ...response, status: { ...status, operationId: id } };
        },
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
  {
    id: "output-read-from-its-beginning",
    clause: "OP-061",
    breaks: "It begins its second read of an operation at 0.",
    part: "operations/operation-calls",
    mutate: ({ readOperation }) => {
      const reads = new Map<string, number>();
      return {
        readOperation: (link, order, cursor, signal) => {
          const count = (reads.get(order.id) ?? 0) + 1;
          reads.set(order.id, count);
          return readOperation(link, order, count === 2 ? 0n : cursor, signal);
        },
      };
    },
  },
  {
    id: "lost-read-begun-anew",
    clause: "OP-061",
    breaks: "It reads from the beginning once an answer to a read was lost.",
    part: "transport/unary-call",
    mutate: ({ callUnary }) => {
      const lost = new Set<string>();
      return {
        callUnary: async (method, request, bounds) => {
          const { operationId: id, cursor } = request as { operationId?: string; cursor?: bigint };
          if (id === undefined || cursor === undefined) return callUnary(method, request, bounds);
          try {
            return await callUnary(method, lost.delete(id) ? { ...request, cursor: 0n } : request, bounds);
          } catch (error) {
            lost.add(id);
            throw error;
          }
        },
      };
    },
  },
  {
    id: "exit-codes-ignored",
    clause: "OP-062",
    breaks: "It reports every operation that has exited as done, whatever its exit code.",
    part: "operations/run-operation",
    mutate: ({ runOperation }) => ({
      runOperation: async (...words) => {
        const result = await runOperation(...words);
        return { ...result, exitCode: result.exitCode && 0 };
      },
    }),
  },
  {
    id: "every-end-is-good",
    clause: "OP-062",
    breaks: "It reports operations as done that have ended in another way than by an exit code.",
    part: "operations/run-operation",
    mutate: ({ runOperation }) => ({
      runOperation: async (...words) => {
        const result = await runOperation(...words);
        return { ...result, exitCode: result.exitCode ?? 0 };
      },
    }),
  },
  {
    id: "started-in-whatever-the-greeting-found",
    clause: "OP-063",
    breaks: "It syncs nothing for an operation, and starts it all the same.",
    part: "sync/bring-to-manifest",
    mutate: ({ bringToManifest }) => ({
      bringToManifest: async (task) => {
        if (task.checkSession === undefined) return bringToManifest(task);
        const [{ connectAgent }, { negotiate }] = await Promise.all([
          import("@berth/server/dist/transport/agent-connection.js"),
          import("@berth/server/dist/handshake/negotiate.js"),
        ]);
        const connection = await connectAgent(task.route, task.signal);
        const session = await negotiate(connection, task.identity, task.wanted.digest, task.signal);
        return { connection, session, sent: { sentBytes: 0, payloadBytes: 0, reusedBytes: 0, outcome: "greeted" } };
      },
    }),
  },
  {
    id: "started-in-what-was-synced-last",
    clause: "OP-063",
    breaks: "It starts an operation in the generation of its last sync, whatever was loaded since.",
    part: "sync/bring-to-manifest",
    mutate({ bringToManifest }) {
      let synced: Parameters<typeof bringToManifest>[0]["wanted"] | undefined;
      return {
        bringToManifest(task) {
          if (task.checkSession !== undefined) return bringToManifest({ ...task, wanted: synced ?? task.wanted });
          synced = task.wanted;
          return bringToManifest(task);
        },
      };
    },
  },
];

/** Operations under other ids than those chosen for them. */
function underId(idOf: (id: string) => string) {
  return ({ startOperation, readOperation, cancelOperation }: Calls): Partial<Calls> => {
    const renamed = <Order extends { readonly id: string }>(order: Order) => ({ ...order, id: idOf(order.id) });
    return {
      startOperation: (link, order) => startOperation(link, renamed(order)),
      readOperation: (link, order, ...words) => readOperation(link, renamed(order), ...words),
      cancelOperation: (link, order) => cancelOperation(link, renamed(order)),
    };
  };
}
