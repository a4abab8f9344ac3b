import type { AgentMutant } from "../mutant.ts";
import { handshakeMutants } from "./handshake.ts";
import { syncStreamMutants } from "./sync-stream.ts";

/** Every broken agent, in the order of the specification. */
export const agentMutants: readonly AgentMutant[] = [...handshakeMutants, ...syncStreamMutants];
