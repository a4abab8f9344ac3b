import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AgentMutant } from "../mutant.ts";
import { onHttp2Server } from "./on-http2-server.ts";
import { withOperations, withOptions } from "./with-operations.ts";

/** Broken starts of operations: from which generation, under which id, and when they are answered. */
export const operationStartMutants: readonly AgentMutant[] = [
  {
    id: "started-from-another-session",
    clause: "OP-001",
    breaks: "It runs an operation of a session that confirmed nothing from what another session confirmed.",
    part: "operations/operation-service",
    mutate({ createOperationService }) {
      const latest = new WeakMap<object, unknown>();
      return {
        createOperationService: (sessions, logger) =>
          createOperationService(
            {
              resolve(token, call) {
                const { instance, features, confirmed, confirm } = sessions.resolve(token, call);
                if (confirmed) latest.set(instance, confirmed);
                return {
                  instance,
                  features,
                  confirmed: confirmed ?? (latest.get(instance) as typeof confirmed),
                  confirm,
                };
              },
            },
            logger,
          ),
      };
    },
  },
  {
    id: "started-from-the-latest-generation",
    clause: "OP-002",
    breaks: "It runs every operation from the generation that was confirmed last in the instance, by whatever session.",
    part: "handshake/automatic-session",
    mutate({ createAutomaticSession }) {
      type Session = ReturnType<typeof createAutomaticSession>;
      const latest = new Map<string, Session["confirmed"]>();
      return {
        createAutomaticSession(instance, features) {
          const session = createAutomaticSession(instance, features);
          return {
            instance,
            features: session.features,
            get confirmed() {
              return session.confirmed && latest.get(instance.name);
            },
            confirm(generation) {
              session.confirm(generation);
              latest.set(instance.name, generation);
            },
            end: () => session.end(),
          };
        },
      };
    },
  },
  {
    id: "no-host-called-no-generation",
    clause: "OP-003",
    breaks: "It says of a generation without a host that there is no generation.",
    part: "operations/operation-errors",
    mutate: ({ noGeneration }) => ({ noHost: noGeneration }),
  },
  {
    id: "repeated-start-refused",
    clause: "OP-010",
    breaks: "It takes every repeat of an operation id for a slip.",
    part: "operations/operation-request",
    mutate: () => ({ digestNameAndArguments: () => randomUUID() }),
  },
  {
    id: "arguments-not-compared",
    clause: "OP-011",
    breaks: "It compares the name of a repeated start and not its arguments.",
    part: "operations/operation-request",
    mutate: ({ digestNameAndArguments }) => ({ digestNameAndArguments: (name) => digestNameAndArguments(name, []) }),
  },
  {
    id: "name-with-control-characters",
    clause: "OP-012",
    breaks: "It takes a name with control characters.",
    part: "operations/operation-request",
    mutate: ({ checkNameAndArguments }) => ({
      checkNameAndArguments: (name, ...rest) => checkNameAndArguments(name.replace(/\p{Cc}/gu, "-"), ...rest),
    }),
  },
  {
    id: "name-of-257-bytes",
    clause: "OP-012",
    breaks: "It counts the length of a name in characters.",
    part: "operations/operation-request",
    mutate: ({ checkNameAndArguments }) => ({
      checkNameAndArguments: (name, ...rest) =>
        checkNameAndArguments(name.length <= 256 ? name.replace(/[^\p{ASCII}]/gu, "-") : name, ...rest),
    }),
  },
  {
    id: "arguments-of-any-length",
    clause: "HS-030",
    breaks: "It takes arguments longer than the max_argument_bytes it announces.",
    part: "operations/operation-request",
    mutate: ({ checkNameAndArguments }) => ({
      checkNameAndArguments: (name, args) => checkNameAndArguments(name, args, 0),
    }),
  },
  {
    id: "start-does-not-wait",
    clause: "OP-013",
    breaks: "It answers a start at once, however long it was asked to wait.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const start = own.start.bind(own);
        own.start = (request) => start({ ...request, waitMs: 0n });
      }),
    }),
  },
  {
    id: "start-waits-unasked",
    clause: "OP-013",
    breaks: "It waits five seconds for the end of an operation when it was asked to wait for nothing.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOperations(InstanceOperations, (own) => {
        const start = own.start.bind(own);
        own.start = (request) => start({ ...request, waitMs: request.waitMs || 5_000n });
      }),
    }),
  },
  {
    id: "operation-id-nil",
    clause: "OP-014",
    breaks: "It takes the nil UUID for an operation id.",
    part: "operations/operation-request",
    mutate: ({ parseOperationId }) => ({
      parseOperationId: (text) => (/^[0-]{36}$/.test(text) ? text : parseOperationId(text)),
    }),
  },
  {
    id: "operation-id-of-any-form",
    clause: "OP-014",
    breaks: "It takes an operation id in braces.",
    part: "operations/operation-request",
    mutate: ({ parseOperationId }) => ({ parseOperationId: (text) => parseOperationId(text.replace(/^\{|\}$/g, "")) }),
  },
  {
    id: "any-number-of-operations",
    clause: "OP-016",
    breaks: "It runs more operations of an instance than the max_operations it announces.",
    part: "operations/instance-operations",
    mutate: ({ InstanceOperations }) => ({
      InstanceOperations: withOptions(InstanceOperations, (options, open) =>
        open({ ...options, limits: { ...options.limits, maxOperations: 0 } }),
      ),
    }),
  },
  {
    id: "operation-ended-with-its-connection",
    clause: "OP-017",
    breaks: "It ends its hosts when a connection is closed.",
    part: "transport/receive-window",
    mutate: ({ raiseReceiveWindow }) => ({
      raiseReceiveWindow(server) {
        raiseReceiveWindow(server);
        onHttp2Server(server, (made) =>
          made.on("session", (session) =>
            session.on("close", () => {
              const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
                .split(" ")
                .filter(Boolean);
              for (const pid of children) process.kill(Number(pid), "SIGKILL");
            }),
          ),
        );
      },
    }),
  },
  {
    id: "operation-ended-with-its-session",
    clause: "OP-017",
    breaks: "It ends the operations of an instance when one of its sessions ends.",
    part: "handshake/automatic-session",
    mutate: ({ createAutomaticSession }) => ({
      createAutomaticSession(instance, features) {
        const session = createAutomaticSession(instance, features);
        const end = session.end.bind(session);
        session.end = () => {
          end();
          void instance.operations.close();
        };
        return session;
      },
    }),
  },
];
