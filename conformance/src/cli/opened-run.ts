import type { CaseRecord } from "../case.ts";
import type { SuiteRun } from "../runner/run-suite.ts";

/** A run whose target is attached to, and how to detach from it again. */
export interface OpenedRun<Case extends CaseRecord> {
  readonly run: Omit<SuiteRun<Case>, "log">;
  close(): Promise<void>;
}
