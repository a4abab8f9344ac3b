import { BerthError } from "./berth-error.ts";

/** Tells whether `error` is a failure of a system call, such as ENOSPC or EIO. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}

/** Tells whether `error` says that there is no such file or directory. */
export function isMissing(error: unknown): boolean {
  return isSystemError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** The refusal for a disk that fails or is full. `what` completes "The agent could not …"; paths are logged, never sent. */
export function storageFailed(what: string, cause: unknown): BerthError {
  const reason = isSystemError(cause) ? ` (${cause.code})` : "";
  return new BerthError({
    code: "STORAGE_FAILED",
    message: `The agent could not ${what}${reason}.`,
    remedy: "Look at the agent's disk and log, then repeat the call.",
    clause: "ERR-003",
    cause,
  });
}
