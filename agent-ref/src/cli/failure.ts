import { CommanderError } from "commander";
import { isSystemError } from "../errors/storage-errors.ts";
import { CertificateError } from "../security/certificate.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { RootUnusableError } from "../storage/root-directory.ts";
import { RootInUseError } from "../storage/root-lock.ts";
import { CannotListenError } from "../transport/cannot-listen-error.ts";
import { ExitCode } from "./exit-codes.ts";

/** Says on stderr why the command failed, and answers with the exit code that tells it to programs. */
export function reportFailure(error: unknown): ExitCode {
  // commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const code = exitCodeOf(error);
  console.error(code === ExitCode.fault ? error : `berth-agent: ${(error as Error).message}`);
  return code;
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof SettingsError) return ExitCode.usage;
  if (error instanceof RootInUseError) return ExitCode.rootInUse;
  if (error instanceof CannotListenError) return ExitCode.cannotListen;
  if (error instanceof CertificateError || error instanceof RootUnusableError || isSystemError(error)) {
    return ExitCode.storage;
  }
  return ExitCode.fault;
}
