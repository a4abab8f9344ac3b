import { startAgentByCommand } from "../attach/agent-by-command.ts";
import type { LaunchedAgent, RequestedLimits } from "../attach/target.ts";
import { withFileSizeLimit } from "../attach/with-file-size-limit.ts";
import { START_SECONDS } from "./mount-options.ts";

/** How an agent is started. */
export interface AgentOptions {
  /** The command that starts the agent, and its arguments; the contract is in AGENT.md. */
  readonly command: readonly [string, ...string[]];
  /** How long it has to start, and to end, in seconds; 20 when absent. */
  readonly startTimeout?: number;
  /** Announced limits asked for, by the field name of `Limits` in lowerCamelCase; its own when absent. */
  readonly limits?: RequestedLimits;
  /** SYNC-071: no file that it writes can grow beyond so many bytes, as on a disk that is full; no bound when absent. */
  readonly roomBytes?: number;
}

/** An agent that was started, with an empty root of its own: `stop` removes it, `restart`, `kill` with `start`, and `moveRoot` keep what is in it. */
export type StartedAgent = Pick<LaunchedAgent, "address" | "root" | "restart" | "kill" | "start" | "moveRoot" | "stop">;

/**
 * Starts an agent from its command, in a process group of its own. When this process ends before `stop`, the agent is killed.
 *
 * @throws {Error} when it does not start, with the last of what it wrote to stderr.
 */
export function startAgent({
  command,
  startTimeout = START_SECONDS,
  limits,
  roomBytes,
}: AgentOptions): Promise<StartedAgent> {
  return startAgentByCommand({
    command: roomBytes === undefined ? command : withFileSizeLimit(command, roomBytes),
    patienceMs: startTimeout * 1_000,
    limits,
  });
}
