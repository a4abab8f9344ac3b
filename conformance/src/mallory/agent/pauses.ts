import type { AgentPeerOptions } from "../../peers/agent-peer/options.ts";

/** SYNC-037: an agent that answers an offer with two Needs and waits between them. A server sends nothing meanwhile. */
export function agentThatPausesAmidNeed(pauseMs: number): AgentPeerOptions {
  return { needPauseMs: pauseMs };
}

/** LEG-032: an agent of the dialects 1 and 44 that waits before it answers an UpdateFile. A server starts no operation meanwhile. */
export function agentThatPausesBeforeUpdated(pauseMs: number): AgentPeerOptions {
  return { updatePauseMs: pauseMs };
}
