import { join } from "node:path";
import type { RunEvent, SuiteName } from "./run-event.ts";

/** Where the traces of the run that comes next go: `agent-46`, and `agent-46-2` when an agent of this version was judged before. */
export function traceDirectory(
  parent: string,
  before: readonly RunEvent[],
  suite: SuiteName,
  agentVersion?: number,
): string {
  const name = agentVersion === undefined ? suite : `${suite}-${agentVersion}`;
  const alike = before.filter(
    (event) => event.type === "run-started" && event.suite === suite && event.agentVersion === agentVersion,
  ).length;
  return join(parent, alike === 0 ? name : `${name}-${alike + 1}`);
}
