import { ExitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";

/** The database cannot be trusted: not SQLite, cut short, failing its integrity check, or somebody else's. */
export function databaseDamaged(file: string, what: string, cause?: unknown): Failure {
  return new Failure(`The server's database ${file} is damaged: ${what}.`, {
    exitCode: ExitCode.homeDamaged,
    remedy:
      "Restore it from a backup, or move the home away and set the server up again; it will then be a new server to every agent.",
    cause,
  });
}

export function databaseUnreadable(file: string, cause: unknown): Failure {
  return new Failure(`The server's database ${file} cannot be opened: ${reasonOf(cause)}.`, {
    exitCode: ExitCode.homeDamaged,
    remedy: "Check that the home is a directory this user may read and write, and that its disk has room.",
    cause,
  });
}

/** The server's own disk, not what it was asked to publish, is at fault. */
export function homeUnwritable(directory: string, cause: unknown): Failure {
  return new Failure(`The server's home ${directory} cannot be written: ${reasonOf(cause)}.`, {
    exitCode: ExitCode.homeDamaged,
    remedy: "Check that it is a directory this user may read and write, and that its disk has room.",
    cause,
  });
}

export function databaseNewer(file: string, found: number, known: number): Failure {
  return new Failure(
    `The server's database ${file} has schema ${found}; this berth-server knows schemas up to ${known}.`,
    {
      exitCode: ExitCode.homeDamaged,
      remedy: "Use the berth-server that wrote it, or a newer one.",
    },
  );
}

export function databaseBusy(file: string, cause: unknown): Failure {
  return new Failure(`The server's database ${file} is held by another process.`, {
    exitCode: ExitCode.homeDamaged,
    remedy: "Wait until the other command has ended, then try again.",
    cause,
  });
}

export function storedSettingDamaged(name: string, value: string, why: string): Failure {
  return new Failure(`The stored setting ${name} is ${JSON.stringify(value)}, which is not valid: ${why}.`, {
    exitCode: ExitCode.homeDamaged,
    remedy: `Set it again: berth-server settings set ${name} VALUE, or: berth-server settings unset ${name}.`,
  });
}

export function storedAgentDamaged(name: string, why: string): Failure {
  return new Failure(`What is stored of agent ${name} is not valid: ${why}.`, {
    exitCode: ExitCode.homeDamaged,
    remedy: `Add it again: berth-server agents remove ${name}, then berth-server agents add ${name} HOST:PORT.`,
  });
}

export function settingUnknown(name: string, known: readonly string[]): Failure {
  return new Failure(`There is no setting ${JSON.stringify(name)}.`, {
    exitCode: ExitCode.invalidInput,
    remedy: `The settings are ${known.join(", ")}.`,
  });
}

export function settingInvalid(name: string, why: string): Failure {
  return new Failure(`The value for ${name} is not valid: ${why}.`, {
    exitCode: ExitCode.invalidInput,
    remedy: `Correct the value; nothing was changed.`,
  });
}

export function agentExists(name: string): Failure {
  return new Failure(`There is already an agent ${name}.`, {
    exitCode: ExitCode.alreadyExists,
    remedy: `Choose another name, or remove it first: berth-server agents remove ${name}.`,
  });
}

export function agentNotFound(name: string): Failure {
  return new Failure(`There is no agent ${JSON.stringify(name)}.`, {
    exitCode: ExitCode.notFound,
    remedy: "See berth-server agents list, or add it: berth-server agents add NAME HOST:PORT.",
  });
}

/** The words of an unknown error, without a full stop of its own. */
export function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
}

export function agentNameInvalid(name: string): Failure {
  return new Failure(`${JSON.stringify(name)} is not a name for an agent.`, {
    exitCode: ExitCode.invalidInput,
    remedy: 'Use 1 to 100 letters, digits, ".", "_" and "-", beginning with a letter or digit.',
  });
}
