import type { Http2Session, ServerHttp2Stream } from "node:http2";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { AgentMutant } from "../mutant.ts";
import { changedOperations } from "./changed-operations.ts";

/** Broken operations while they run: how many, whom they outlive, whom they disturb, and what is final. */
export const operationStateMutants: readonly AgentMutant[] = [
  {
    id: "abandoned-after-its-end",
    clause: "OP-015",
    breaks: "It sets the state ABANDONED on an abandon, also of an operation that has ended.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ abandon }) => ({
      async abandon(id) {
        const given = { state: OperationState.OPERATION_STATE_ABANDONED, exitCode: 0, reason: "It was given up." };
        return { ...(await abandon(id)), ...given };
      },
    })),
  },
  {
    id: "operations-not-counted",
    clause: "OP-016",
    breaks: "It runs any number of operations at once.",
    part: "instancing/open-instance",
    mutate: ({ openInstance }) => ({
      openInstance: (options) => openInstance({ ...options, limits: { ...options.limits, maxOperations: 0 } }),
    }),
  },
  {
    id: "ended-operations-counted",
    clause: "OP-016",
    breaks: "It counts operations that have ended among those that run.",
    part: "operations/operation-table",
    mutate: ({ OperationTable }) => ({
      OperationTable: class extends OperationTable {
        #begun = 0;
        override get runningCount(): number {
          return this.#begun;
        }
        override set(...words: Parameters<InstanceType<typeof OperationTable>["set"]>): void {
          this.#begun += 1;
          super.set(...words);
        }
      },
    }),
  },
  {
    id: "operation-ends-with-its-connection",
    clause: "OP-017",
    breaks: "It gives an operation up when the connection that started it ends.",
    part: "operations/operation-service",
    mutate: ({ createOperationService }) => ({
      createOperationService(sessions, logger) {
        const used = new Map<string, ReturnType<typeof sessions.resolve>>();
        const remembering: typeof sessions = {
          resolve(token, call) {
            used.set(token, sessions.resolve(token, call));
            return used.get(token)!;
          },
        };
        const service = createOperationService(remembering, logger);
        return {
          ...service,
          startOperation(grpcCall, callback) {
            const { sessionToken, operationId } = grpcCall.request;
            const giveUp = () => used.get(sessionToken)?.instance.operations.abandon(operationId);
            connectionOf(grpcCall).once("close", () => void giveUp()?.catch(() => undefined));
            service.startOperation(grpcCall, callback);
          },
        };
      },
    }),
  },
  {
    id: "operation-ends-with-its-session",
    clause: "OP-017",
    breaks: "It gives an operation up when the session that started it ends.",
    part: "handshake/automatic-session",
    mutate: ({ createAutomaticSession }) => ({
      createAutomaticSession(instance, features) {
        const started = new Set<string>();
        const operations = new Proxy(instance.operations, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name, target);
            if (typeof value !== "function") return value;
            if (name !== "start") return value.bind(target);
            return (request: Parameters<typeof target.start>[0]) => {
              started.add(request.operationId);
              return target.start(request);
            };
          },
        });
        const session = createAutomaticSession({ ...instance, operations }, features);
        const end = session.end.bind(session);
        session.end = () => {
          for (const id of started) void instance.operations.abandon(id).catch(() => undefined);
          end();
        };
        return session;
      },
    }),
  },
  {
    id: "one-death-ends-the-others",
    clause: "OP-037",
    breaks: "It ends every other operation when a host dies.",
    part: "operations/host-run",
    mutate: ({ HostRun }) => {
      const runs = new Set<InstanceType<typeof HostRun>>();
      return {
        HostRun: class extends HostRun {
          constructor(...words: ConstructorParameters<typeof HostRun>) {
            super(...words);
            runs.add(this);
            void this.ended.then(({ end }) => {
              runs.delete(this);
              if (end.state !== "HOST_DIED") return;
              for (const run of runs) run.endFor({ state: "CANCELLED", reason: "Another host died." }, 0);
            });
          }
        },
      };
    },
  },
];

/** The connection of a call. The library has no word for it, so this reaches behind its interface. */
function connectionOf(grpcCall: object): Http2Session {
  return (grpcCall as { readonly call: { readonly stream: ServerHttp2Stream } }).call.stream.session!;
}
