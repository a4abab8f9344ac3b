import { isolationTooLow } from "../errors/agent-failures.ts";
import { findIsolationShortfall } from "./isolation.ts";
import type { AgentSession } from "./negotiate.ts";
import type { ServerIdentity } from "./server-identity.ts";

/**
 * What follows from the isolation an agent gave: nothing where it is enough; a sentence for the operator where it is not (INST-041); and a thrown `Failure` where the operator
 * requires it (INST-043), for which nothing may have been sent yet.
 */
export function judgeIsolation(
  identity: ServerIdentity,
  session: AgentSession,
  isRequired: boolean,
): string | undefined {
  const shortfall = findIsolationShortfall(identity, session);
  if (!shortfall) return undefined;
  const { asked, given, consequence, remedy } = shortfall;
  if (isRequired) throw isolationTooLow(asked, given, consequence, remedy);
  // A server below its product's minimum asks for nothing, and is told what it has all the same.
  const isAsked = identity.missedMinimum === undefined;
  const comparison = isAsked ? `This server asked to be kept apart by ${asked}, but the agent gave it ${given}. ` : "";
  return `${comparison}${consequence} ${remedy} (INST-041)`;
}
