import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

type Refusal = ServerParts["errors/agent-refusal"];
type AgentRefusal = NonNullable<ReturnType<Refusal["readAgentRefusal"]>>;

/** Broken manners: what is shown of a refusal, and what is repeated. */
export const errorsMutants: readonly ServerMutant[] = [
  {
    id: "message-hidden",
    clause: "ERR-008",
    breaks: "It does not show the message of an error.",
    part: "errors/agent-refusal",
    mutate: reading((refusal) => Object.assign(refusal, { message: "The agent refused." })),
  },
  {
    id: "remedy-hidden",
    clause: "ERR-008",
    breaks: "It does not show the remedy of an error.",
    part: "errors/agent-refusal",
    mutate: reading((refusal) => Object.assign(refusal, { remedy: "Look at the agent's log." })),
  },
  {
    id: "words-of-unknown-codes-hidden",
    clause: "ERR-008",
    breaks: "It shows nothing of an error whose code it does not know.",
    part: "errors/agent-refusal",
    mutate: reading((refusal) => (!Object.values<number>(ErrorCode).includes(refusal.code) ? undefined : refusal)),
  },
  {
    id: "words-of-passing-failures-hidden",
    clause: "ERR-008",
    breaks: "It gives up at an error that is retryable, and shows nothing of it.",
    part: "errors/agent-refusal",
    mutate: reading((refusal) =>
      refusal.retryable
        ? Object.assign(refusal, { message: "The agent refused.", remedy: "Try later.", retryable: false })
        : refusal,
    ),
  },
  {
    id: "refusal-called-success",
    clause: "ERR-008",
    breaks: "It reports success when an agent refuses.",
    part: "cli/terminal",
    mutate: succeedingInsteadOf(6),
  },
  {
    id: "unreachable-agent-called-success",
    clause: "ERR-008",
    breaks: "It reports success when it reaches no agent.",
    part: "cli/terminal",
    mutate: succeedingInsteadOf(5),
  },
  {
    id: "refusals-repeated",
    clause: "ERR-009",
    breaks: "It repeats calls that were refused for good.",
    part: "errors/agent-refusal",
    mutate: reading((refusal) => Object.assign(refusal, { retryable: true })),
  },
  {
    id: "refused-start-tried-again",
    clause: "ERR-009",
    breaks: "It asks once more for an operation whose start was refused for good.",
    part: "operations/operation-calls",
    mutate: ({ startOperation }) => ({
      startOperation: async (link, order) => {
        try {
          return await startOperation(link, order);
        } catch (error) {
          if (!(error instanceof Error && error.name === "AgentRefusal")) throw error;
          return startOperation(link, order);
        }
      },
    }),
  },
];

function reading(change: (refusal: AgentRefusal) => AgentRefusal | undefined) {
  return ({ readAgentRefusal }: Refusal): Partial<Refusal> => ({
    readAgentRefusal: (error) => {
      const refusal = readAgentRefusal(error);
      return refusal && change(refusal);
    },
  });
}

function succeedingInsteadOf(failure: number) {
  return ({ terminal }: ServerParts["cli/terminal"]): Partial<ServerParts["cli/terminal"]> => ({
    terminal: () => {
      const real = terminal();
      return { ...real, setExitCode: (code) => real.setExitCode(code === failure ? 0 : code) };
    },
  });
}
