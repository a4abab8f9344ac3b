import type { Logger } from "pino";
import type { HostTrace } from "./host-trace.ts";
import { signalGroup } from "./process-group.ts";
import { canIdentifyProcesses, findProcess, findProcessesByEnvironment } from "./process-table.ts";

const goneWithinMs = 5_000;
const lookAgainAfterMs = 5;

/**
 * Ends what is left of a host that a former life of the agent started (OP-041), and answers when it is gone.
 *
 * A process id alone proves nothing, because the system uses it again. So the host's group is ended only when its leader is the very
 * process that was recorded, and other processes only when they carry the operation's own work directory in their environment. Where the
 * system cannot tell that, nothing is ended and the log says so.
 */
export async function endLeftoverHost(host: HostTrace, logger: Logger): Promise<void> {
  if (!(await canIdentifyProcesses())) {
    logger.warn(
      { pid: host.process?.pid },
      "this system cannot tell whether a former host still runs; it was left alone",
    );
    return;
  }
  const leader = host.process;
  if (leader?.identity !== undefined && (await isSame(leader.pid, leader.identity))) {
    logger.warn({ pid: leader.pid }, "ending a host that a former life of this agent left behind");
    signalGroup(leader.pid, "SIGKILL");
    await untilGone(async () => !(await isSame(leader.pid, leader.identity)), logger);
  }
  await endStrays(host.workDirectory, logger);
}

/** Ends every process that was started with this work directory, wherever it moved to meanwhile: another group, another session. */
export async function endStrays(workDirectory: string, logger: Logger): Promise<void> {
  await untilGone(async () => {
    const strays = await findProcessesByEnvironment("BERTH_WORK", workDirectory);
    for (const pid of strays) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    }
    return strays.length === 0;
  }, logger);
}

async function isSame(pid: number, identity: string | undefined): Promise<boolean> {
  const found = await findProcess(pid);
  return found?.alive === true && found.identity === identity;
}

async function untilGone(isGone: () => Promise<boolean>, logger: Logger): Promise<void> {
  const end = performance.now() + goneWithinMs;
  while (!(await isGone())) {
    if (performance.now() > end) {
      logger.error("processes of a host do not end although they were killed");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainAfterMs));
  }
}
