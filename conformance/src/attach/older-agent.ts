import { join } from "node:path";
import { type AgentProcessSettings, agentProcess } from "./agent-process.ts";
import type { Command } from "./process-group.ts";
import type { UpgradableAgent } from "./target.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directory.ts";

/**
 * Starts an agent of an older version from a command of its own, in an empty root over which the agent under test is started later.
 *
 * @throws {TargetUnreachable} when it does not start.
 */
export async function startOlderAgent(
  settings: Omit<AgentProcessSettings, "root">,
  olderCommand: Command,
): Promise<UpgradableAgent> {
  const home = makeTemporaryDirectory("berth-upgrade-");
  const root = join(home, "root");
  const newer = agentProcess({ ...settings, root });
  let running = agentProcess({ ...settings, command: olderCommand, root });

  const agent: UpgradableAgent = {
    get address() {
      return running.address;
    },
    root,
    async upgrade(meanwhile = async () => undefined) {
      await running.stop();
      await meanwhile();
      running = newer;
      await running.start();
    },
    async stop() {
      try {
        await running.stop();
      } finally {
        await removeTemporaryDirectory(home);
      }
    },
  };
  try {
    await running.start();
  } catch (error) {
    await removeTemporaryDirectory(home);
    throw error;
  }
  return agent;
}
