import { ExitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";

/** The agent broke the protocol in an answer; going on would be guessing. */
export function agentMisbehaved(what: string, clause: string): Failure {
  return new Failure(`The agent does not keep to the protocol: ${what}.`, {
    exitCode: ExitCode.syncBrokeOff,
    remedy: "Tell whoever makes the agent; berth-conformance shows the fault.",
    clause,
  });
}

/** The agent is older than every dialect this server speaks. */
export function dialectUnsupported(agentVersion: number, agentDialect: number, lowest: number): Failure {
  return new Failure(
    `The agent has version ${agentVersion}, which speaks no dialect above ${agentDialect}; this server speaks none below ${lowest}.`,
    { exitCode: ExitCode.refusedByAgent, remedy: `Upgrade the agent to version ${lowest} or later.`, clause: "HS-014" },
  );
}

/** The connection broke as often as the server is willing to begin again (SYNC-062). */
export function syncBrokeOff(attempts: number, why: string, cause: unknown): Failure {
  return new Failure(
    `The sync broke off ${attempts === 1 ? "once" : `${attempts} times`}, the last time because ${why}.`,
    {
      exitCode: ExitCode.syncBrokeOff,
      remedy: "Sync again when the connection is better; what has arrived is kept and is not sent again.",
      clause: "SYNC-062",
      cause,
    },
  );
}

export function contactLost(operationId: string, why: string, cause: unknown): Failure {
  return new Failure(`The agent was lost while operation ${operationId} ran: ${why}.`, {
    exitCode: ExitCode.agentUnreachable,
    remedy: "The operation can still be running on the agent; look there before running it again.",
    cause,
  });
}

export function limitTooSmall(what: string, needed: number | bigint, maximum: number | bigint): Failure {
  return new Failure(`The agent takes at most ${maximum} ${what}; ${needed} would have to be sent.`, {
    exitCode: ExitCode.refusedByAgent,
    remedy: "Load fewer or smaller packages, or ask the agent's operator for more.",
    clause: "HS-033",
  });
}

export function syncInterrupted(): Failure {
  return new Failure("Interrupted: the sync was given up; what has arrived is kept.", {
    exitCode: ExitCode.interrupted,
    remedy: "Sync again when you want; what has arrived is not sent again.",
  });
}

/** Interrupted while the agent was still being brought to the packages. */
export function operationNotStarted(): Failure {
  return new Failure("Interrupted: the operation was not started.", {
    exitCode: ExitCode.interrupted,
    remedy: "Run the command again when you want.",
  });
}

/** `end` is how the operation ended in truth: it can have been faster than the interruption. */
export function operationInterrupted(operationId: string, end: string): Failure {
  return new Failure(`Interrupted: the operation ${operationId} ended as ${end}.`, {
    exitCode: ExitCode.interrupted,
    remedy: "See how far it came before you run the command again.",
  });
}
