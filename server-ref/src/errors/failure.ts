import type { ExitCode } from "./exit-code.ts";

/** What a failure carries beside its sentence. */
export interface FailureDetails {
  readonly exitCode: ExitCode;
  /** What the operator has to do, as a sentence. */
  readonly remedy: string;
  /** The clause of the specification that was applied, such as "SYNC-019". */
  readonly clause?: string;
  readonly cause?: unknown;
}

/** A failure that an operator can understand: one sentence, a remedy, and the exit code it ends the program with. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly remedy: string;
  readonly clause: string | undefined;

  constructor(message: string, details: FailureDetails) {
    super(message, { cause: details.cause });
    this.name = "Failure";
    this.exitCode = details.exitCode;
    this.remedy = details.remedy;
    this.clause = details.clause;
  }
}
