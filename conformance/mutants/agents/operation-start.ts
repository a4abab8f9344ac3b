import { randomUUID } from "node:crypto";
import type { AgentParts } from "../agent-parts.ts";
import type { AgentMutant } from "../mutant.ts";
import { changedOperations } from "./changed-operations.ts";

type CreateSession = AgentParts["handshake/automatic-session"]["createAutomaticSession"];
type Session = ReturnType<CreateSession>;

/** Broken starts of operations: from which generation, and what a start repeats. */
export const operationStartMutants: readonly AgentMutant[] = [
  {
    id: "unconfirmed-generation-run",
    clause: "OP-001",
    breaks: "In a session that has confirmed nothing it runs what another of the instance confirmed last.",
    part: "handshake/automatic-session",
    mutate: ({ createAutomaticSession }) => ({
      createAutomaticSession: confirmingAs(createAutomaticSession, (own, last) => own ?? last),
    }),
  },
  {
    id: "last-commit-run",
    clause: "OP-002",
    breaks: "It runs an operation from the generation that any session of the instance confirmed last.",
    part: "handshake/automatic-session",
    mutate: ({ createAutomaticSession }) => ({
      createAutomaticSession: confirmingAs(createAutomaticSession, (own, last) => own && last),
    }),
  },
  {
    id: "no-host-is-no-generation",
    clause: "OP-003",
    breaks: "It refuses a start from a generation without a host as if there were no generation.",
    part: "operations/operation-errors",
    mutate: ({ noGeneration }) => ({ noHost: noGeneration }),
  },
  {
    id: "repeated-start-runs-again",
    clause: "OP-010",
    breaks: "It runs the operation once more when its start is repeated.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ start }) => {
      const seen = new Set<string>();
      return {
        async start(request) {
          const id = request.operationId.toLowerCase();
          if (seen.has(id)) await start({ ...request, operationId: randomUUID() });
          seen.add(id);
          return start(request);
        },
      };
    }),
  },
  {
    id: "repeated-start-refused",
    clause: "OP-010",
    breaks: "It takes every repeated start for another operation under a used id.",
    part: "operations/operation-request",
    mutate: ({ digestNameAndArguments }) => ({
      digestNameAndArguments: (name, args) => digestNameAndArguments(name, [...args, randomUUID()]),
    }),
  },
  {
    id: "arguments-not-compared",
    clause: "OP-011",
    breaks: "It takes a used id with other arguments for a repeated start.",
    part: "operations/operation-request",
    mutate: ({ digestNameAndArguments }) => ({ digestNameAndArguments: (name) => digestNameAndArguments(name, []) }),
  },
  {
    id: "arguments-compared-as-one-text",
    clause: "OP-011",
    breaks: "It takes arguments for equal that differ in where one ends and the next begins.",
    part: "operations/operation-request",
    mutate: ({ digestNameAndArguments }) => ({
      digestNameAndArguments: (name, args) => digestNameAndArguments(name, [args.join("")]),
    }),
  },
];

/** Sessions whose confirmed generation is chosen from their own and the one that any session of the instance confirmed last. */
function confirmingAs(
  createSession: CreateSession,
  choose: (own: Session["confirmed"], last: Session["confirmed"]) => Session["confirmed"],
): CreateSession {
  const last = new WeakMap<Session["instance"], Session["confirmed"]>();
  return (instance, features) => {
    const session = createSession(instance, features);
    return {
      instance,
      features: session.features,
      get confirmed() {
        return choose(session.confirmed, last.get(instance));
      },
      confirm(generation) {
        session.confirm(generation);
        last.set(instance, generation);
      },
      end: () => session.end(),
    };
  };
}
