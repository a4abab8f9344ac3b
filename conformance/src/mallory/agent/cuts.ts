import type { AgentPeerOptions, Cut } from "../../peers/agent-peer/options.ts";

/** SYNC-061, SYNC-062: an agent that cuts the connection once so many content bytes of a sync have arrived, so often; 1 and once unless set. */
export function agentThatCutsAmidContent(when: Pick<Cut, "afterBytes" | "times">): AgentPeerOptions {
  return { cuts: [{ at: "data", ...when }] };
}

/** SYNC-062: an agent that commits, and cuts the connection in place of saying so, once. */
export function agentThatCutsAfterCommit(): AgentPeerOptions {
  return agentThatCutsBeforeAnswering("commit");
}

/** OP-060, OP-061, LEG-048: an agent that takes a call in and cuts the connection before its answer, so often; a `run` before its end. */
export function agentThatCutsBeforeAnswering(at: Exclude<Cut["at"], "data">, times = 1): AgentPeerOptions {
  return { cuts: [{ at, times }] };
}
