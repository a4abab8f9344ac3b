/** Ends processes that a failing test would leave behind. Those that have ended by themselves, as they should, are no matter. */
export function endProcesses(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}
