import { join } from "node:path";
import { HarnessError } from "../runner/failure.ts";
import { type AgentProcessSettings, agentProcess } from "./agent-process.ts";
import { startOlderAgent } from "./older-agent.ts";
import type { Command } from "./process-group.ts";
import type { AttachmentAbility, LaunchedAgent } from "./target.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directory.ts";

/** What does not change from one agent to the next of a run. */
export interface AgentCommandSettings
  extends Pick<AgentProcessSettings, "command" | "patienceMs" | "limits" | "environment" | "onWaiting"> {
  /** The command of an agent of an older version, from which the agent can be upgraded. */
  readonly olderCommand?: Command;
}

const ABILITIES: readonly AttachmentAbility[] = ["restart", "kill", "launch", "root"];

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
    abilities: new Set([...ABILITIES, ...(settings.olderCommand === undefined ? [] : ["upgrade" as const])]),
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
        onWaiting: undefined, // the first start has shown that the command works
        limits: { ...settings.limits, ...options.limits },
        environment: { ...settings.environment, ...options.environment },
      }),
    launchOlder() {
      if (settings.olderCommand === undefined) throw new HarnessError("there is no command of an older agent");
      return startOlderAgent({ ...settings, onWaiting: undefined }, settings.olderCommand);
    },
    async stop() {
      try {
        await agent.stop();
      } finally {
        await removeTemporaryDirectory(home);
      }
    },
  };
}
