import type { Http2Session, ServerHttp2Stream } from "node:http2";
import type { AgentParts } from "../agent-parts.ts";
import type { AgentMutant } from "../mutant.ts";

/** Broken lives of operations: what they outlive, and whom they disturb. */
export const operationLifeMutants: readonly AgentMutant[] = [
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
    mutate: dyingTogether,
  },
  {
    id: "one-death-ends-the-others-in-46",
    clause: "OP-037",
    breaks: "As version 46 it ends every other operation when a host dies.",
    agentVersion: 46,
    part: "operations/host-run",
    mutate: dyingTogether,
  },
  {
    id: "hosts-one-after-another",
    clause: "OP-037",
    breaks: "It starts a host when the one before has ended.",
    hangs: true,
    part: "operations/host-process",
    mutate: ({ startHostProcess }) => {
      let before: Promise<unknown> = Promise.resolve();
      return {
        startHostProcess(start) {
          const host = before.then(() => startHostProcess(start));
          before = host.then(({ ended }) => ended).catch(() => undefined);
          return host;
        },
      };
    },
  },
];

/** The connection of a call. The library has no word for it, so this reaches behind its interface. */
function connectionOf(grpcCall: object): Http2Session {
  return (grpcCall as { readonly call: { readonly stream: ServerHttp2Stream } }).call.stream.session!;
}

function dyingTogether({ HostRun }: AgentParts["operations/host-run"]) {
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
}
