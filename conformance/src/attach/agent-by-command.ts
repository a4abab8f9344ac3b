import { join } from "node:path";
import { type AgentProcessSettings, agentProcess } from "./agent-process.ts";
import type { AttachmentAbility, LaunchedAgent } from "./target.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directory.ts";

/** What does not change from one agent to the next of a run. */
export type AgentCommandSettings = Pick<AgentProcessSettings, "command" | "patienceMs" | "limits" | "environment">;

const ABILITIES: ReadonlySet<AttachmentAbility> = new Set(["restart", "kill", "launch", "root"]);

/**
 * Starts an agent from a command, with an empty root of its own.
 *
 * @throws {TargetUnreachable} when it does not start.
 */
export async function startAgentByCommand(settings: AgentCommandSettings): Promise<LaunchedAgent> {
  const home = makeTemporaryDirectory("berth-agent-");
  const agent = agentProcess({ ...settings, root: join(home, "root") });
  try {
    await agent.start();
  } catch (error) {
    await removeTemporaryDirectory(home);
    throw error;
  }

  return {
    get address() {
      return agent.address;
    },
    abilities: ABILITIES,
    root: agent.root,
    async restart() {
      await agent.stop();
      await agent.start();
    },
    kill: agent.kill,
    start: agent.start,
    launch: (options = {}) =>
      startAgentByCommand({
        ...settings,
        limits: { ...settings.limits, ...options.limits },
        environment: { ...settings.environment, ...options.environment },
      }),
    async stop() {
      try {
        await agent.stop();
      } finally {
        await removeTemporaryDirectory(home);
      }
    },
  };
}
