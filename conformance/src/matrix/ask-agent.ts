import { startAgentByCommand } from "../attach/agent-by-command.ts";
import type { Command } from "../attach/process-group.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import { probeNegotiate } from "../runner/negotiate-probe.ts";

/** The one feature that cells are about. */
export const SERVER_IDENTITY = "server-identity@1";

/** What an agent says of itself. */
export interface AgentSays {
  readonly agentVersion: number;
  readonly serverIdentity: boolean;
}

/** Asks an agent what it is; the reason in words when it does not answer. */
export async function askAgent(address: string, patienceMs: number): Promise<AgentSays | string> {
  const answer = await probeNegotiate(address, [SERVER_IDENTITY], patienceMs);
  if (answer.kind === "failed") return answer.reason;
  const { agentVersion, features } = answer.response;
  return { agentVersion, serverIdentity: features.includes(SERVER_IDENTITY) };
}

/**
 * Starts an agent to learn which version it is.
 *
 * @throws {TargetUnreachable} when it does not start, or does not answer.
 */
export async function learnVersion(command: Command, patienceMs: number): Promise<number> {
  const agent = await startAgentByCommand({ command, patienceMs });
  try {
    const said = await askAgent(agent.address, patienceMs);
    if (typeof said !== "string") return said.agentVersion;
    throw new TargetUnreachable(`the agent \`${command.join(" ")}\` does not answer Negotiate: ${said}`);
  } finally {
    await agent.stop();
  }
}
