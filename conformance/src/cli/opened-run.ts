import type { CaseRecord } from "../case.ts";
import type { EventLog } from "../report/event-log.ts";
import { runSuite, type SuiteRun } from "../runner/run-suite.ts";
import type { Verdict } from "../runner/verdict.ts";

/** A run whose target is attached to, and how to detach from it again. */
export interface OpenedRun<Case extends CaseRecord> {
  readonly run: Omit<SuiteRun<Case>, "log">;
  close(): Promise<void>;
}

/** Runs the cases of an opened run, and detaches from its target however that ends. */
export async function judgeOpened<Case extends CaseRecord>(opened: OpenedRun<Case>, log: EventLog): Promise<Verdict> {
  try {
    return await runSuite({ ...opened.run, log });
  } finally {
    await opened.close();
  }
}
