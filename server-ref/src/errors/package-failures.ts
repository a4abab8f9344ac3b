import type { PathFault } from "@berth/proto/rules/path";
import { ExitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./home-failures.ts";

const nothingPublished = "Correct the package and add it again; nothing was published.";

export function packageInvalid(what: string, clause?: string): Failure {
  return new Failure(what, { exitCode: ExitCode.invalidInput, remedy: nothingPublished, ...(clause && { clause }) });
}

/** A path that agents refuse, found before anything is published; the message names the path (SYNC-019). */
export function pathRefused({ message, rule, clause }: PathFault): Failure {
  return new Failure(`${message} Agents refuse it by the rule ${rule} (${clause}).`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Rename the file and add the package again; nothing was published.",
    clause: "SYNC-019",
  });
}

export function packageDirectoryUnreadable(directory: string, cause: unknown): Failure {
  return new Failure(`The directory ${JSON.stringify(directory)} cannot be read: ${reasonOf(cause)}.`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Name a directory that is there and that this user may read; nothing was published.",
    cause,
  });
}

export function linkDangling(path: string): Failure {
  return new Failure(`The link ${JSON.stringify(path)} leads to nothing.`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Correct the link or take it out of the package; nothing was published.",
  });
}

export function packageUnreadable(path: string, cause: unknown): Failure {
  return new Failure(`${JSON.stringify(path)} cannot be read: ${reasonOf(cause)}.`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Make it readable for this user, or take it out of the package; nothing was published.",
    cause,
  });
}

export function packageChanged(path: string): Failure {
  return new Failure(`${JSON.stringify(path)} changed while it was being published.`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Add the package again once nothing writes to it; nothing was published.",
  });
}

export function publishingInterrupted(): Failure {
  return new Failure("Interrupted: nothing was published.", {
    exitCode: ExitCode.interrupted,
    remedy: "Add the package again when you want.",
  });
}

export function packageExists(kind: string, name: string, version: string): Failure {
  return new Failure(`The ${kind} ${name} ${version} was already added.`, {
    exitCode: ExitCode.alreadyExists,
    remedy: `Give the new files a new version, or remove the old ones first: berth-server packages remove ${kind} ${name} ${version}.`,
  });
}

export function packageNotFound(kind: string, name: string, version: string): Failure {
  return new Failure(`There is no ${kind} ${name} ${version}.`, {
    exitCode: ExitCode.notFound,
    remedy: "See berth-server packages list.",
  });
}

/** Stored content is not what was published; found before a wrong byte is sent (SYNC-047). */
export function packDamaged(kind: string, name: string, version: string, what: string): Failure {
  return new Failure(`The published content of ${kind} ${name} ${version} is damaged: ${what}.`, {
    exitCode: ExitCode.homeDamaged,
    remedy: `Publish it again: berth-server packages remove ${kind} ${name} ${version}, then berth-server packages add with the package's directory.`,
    clause: "SYNC-047",
  });
}

export function contentUnavailable(digestHex: string): Failure {
  return new Failure(`No loaded package holds the content ${digestHex} any more.`, {
    exitCode: ExitCode.homeDamaged,
    remedy:
      "A package was changed while it was being sent; sync again, and if that does not help, publish the package again.",
    clause: "SYNC-047",
  });
}
