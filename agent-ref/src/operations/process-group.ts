/** Sends `signal` to every process of the group; false when it has none that takes signals from this user. */
export function signalGroup(groupId: number, signal: "SIGTERM" | "SIGKILL"): boolean {
  return sends(-groupId, signal);
}

/**
 * Ends what is left of a group whose leader was waited for. The system gives the leader's id to nobody else while the group has members,
 * so a process of that id shows that the group is gone and its number belongs to a stranger.
 */
export function endRestOfGroup(groupId: number): void {
  if (!sends(groupId, 0)) signalGroup(groupId, "SIGKILL");
}

function sends(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
