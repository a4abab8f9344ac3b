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

/** The agent keeps this server less apart than its operator requires (INST-043); both isolations in the specification's words. */
export function isolationTooLow(asked: string, given: string, consequence: string, remedy: string): Failure {
  return new Failure(
    `The required isolation was not given: asked ${asked}, given ${given}. ${consequence} Nothing was sent.`,
    {
      exitCode: ExitCode.isolationTooLow,
      remedy,
      clause: "INST-043",
    },
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

/** A call of the older dialects broke while its operation may have run; without an id, nobody can ask for it (LEG-047, LEG-048). */
export function legacyContactLost(why: string, cause?: unknown): Failure {
  return new Failure(`The agent was lost while the operation ran: ${why}.`, {
    exitCode: ExitCode.agentUnreachable,
    remedy: "Nobody knows how far it came, so it is not repeated; look at the agent before running it again.",
    clause: "LEG-048",
    cause,
  });
}

/** Another agent, or another version of it, answers than the one that the operation was prepared for. */
export function agentReplaced(before: number, now: number): Failure {
  return new Failure(`The agent spoke the dialect ${before} and now speaks ${now}; it was replaced meanwhile.`, {
    exitCode: ExitCode.syncBrokeOff,
    remedy: "Look on the agent whether the operation was begun before running it again.",
  });
}

/** The older dialects name the host in the call, so there is nothing to call (LEG-041). */
export function noHostLoaded(agentVersion: number): Failure {
  return new Failure(`No host is loaded, and an agent of version ${agentVersion} has to be told which one to start.`, {
    exitCode: ExitCode.notFound,
    remedy: "Add one: berth-server packages add DIR --kind host --name NAME --version VERSION --entry PATH.",
    clause: "LEG-041",
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
export function operationInterrupted(operationId: string | undefined, end: string): Failure {
  const operation = operationId === undefined ? "the operation" : `the operation ${operationId}`;
  return new Failure(`Interrupted: ${operation} ended as ${end}.`, {
    exitCode: ExitCode.interrupted,
    remedy: "See how far it came before you run the command again.",
  });
}
