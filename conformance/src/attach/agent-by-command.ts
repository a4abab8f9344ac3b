import { join } from "node:path";
import { HarnessError } from "../runner/failure.ts";
import { type AgentProcessSettings, agentProcess } from "./agent-process.ts";
import { startOlderAgent } from "./older-agent.ts";
import type { Command } from "./process-group.ts";
import { startAsProcess } from "./start-target.ts";
import type { AttachmentAbility, LaunchedAgent } from "./target.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directory.ts";
import { withFileSizeLimit } from "./with-file-size-limit.ts";

/** What does not change from one agent to the next of a run. */
export interface AgentCommandSettings
  extends Pick<
    AgentProcessSettings,
    "command" | "startTarget" | "patienceMs" | "limits" | "environment" | "onWaiting"
  > {
  /** The command of an agent of an older version, from which the agent can be upgraded. */
  readonly olderCommand?: Command;
}

const ABILITIES: readonly AttachmentAbility[] = ["restart", "kill", "launch", "root"];

/** A limit of file sizes is the process's own: a container would not inherit it. */
function abilitiesOf({ startTarget = startAsProcess, olderCommand }: AgentCommandSettings): Set<AttachmentAbility> {
  const abilities = new Set(ABILITIES);
  if (startTarget === startAsProcess) abilities.add("room");
  if (olderCommand !== undefined) abilities.add("upgrade");
  return abilities;
}

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
    abilities: abilitiesOf(settings),
    get root() {
      return agent.root;
    },
    async restart() {
      await agent.stop();
      await agent.start();
    },
    kill: agent.kill,
    start: agent.start,
    async moveRoot() {
      await agent.stop();
      agent.moveRoot(join(home, "moved"));
      await agent.start();
    },
    launch: ({ roomBytes, ...options } = {}) =>
      startAgentByCommand({
        ...settings,
        command: roomBytes === undefined ? settings.command : withFileSizeLimit(settings.command, roomBytes),
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
