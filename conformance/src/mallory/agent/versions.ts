import type { AgentPeerOptions } from "../../peers/agent-peer/options.ts";

/** HS-005: an agent of a version not yet made, whose every answer holds fields, features and values that nobody knows. */
export function agentOfTheFuture(): AgentPeerOptions {
  return { version: 999, speaksOfTheFuture: true };
}

/** HS-007: an agent that announces 47 or 48, which none may (HS-006): a server has to take it for a 46, which does not speak dialect 49. */
export function agentThatAnnounces(version: 47 | 48): AgentPeerOptions {
  return { version };
}
