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

export function dialectUnsupported(
  agentVersion: number,
  neededDialect: number,
  lowest: number,
  highest: number,
): Failure {
  const upgrade = neededDialect < lowest ? "Upgrade the agent to version 49 or later." : "Upgrade this server.";
  return new Failure(
    `The agent has version ${agentVersion}, which needs dialect ${neededDialect}: not supported yet by this server, which speaks ${lowest} to ${highest}.`,
    { exitCode: ExitCode.refusedByAgent, remedy: upgrade, clause: "HS-014" },
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

export function interrupted(what: string): Failure {
  return new Failure(`Interrupted: ${what}.`, {
    exitCode: ExitCode.interrupted,
    remedy: "Run the command again when you want.",
  });
}
