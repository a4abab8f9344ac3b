import { AgentRefusal } from "./agent-refusal.ts";
import { ConnectionBroken } from "./call-error.ts";
import { ExitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";

/** Whether the same can be tried again: the wire broke, the agent is away, or it refused for now (ERR-009). How often, the caller bounds. */
export function canBeRepeated(error: unknown): boolean {
  if (error instanceof AgentRefusal) return error.retryable;
  return (
    error instanceof ConnectionBroken || (error instanceof Failure && error.exitCode === ExitCode.agentUnreachable)
  );
}
