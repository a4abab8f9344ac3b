import { makeTemporaryDirectory, removeTemporaryDirectory } from "../attach/temporary-directory.ts";
import type { CaseContext, CaseRecord } from "../case.ts";
import { realPackages } from "../material/real-packages.ts";
import { startTraceFile } from "../report/trace-file.ts";
import { startTranscript, type Transcript } from "../report/transcript.ts";
import { type CleanupStack, cleanupStack } from "./cleanup-stack.ts";
import { NotApplicable } from "./failure.ts";
import { seededRandom } from "./seeded-random.ts";

/** What does not change from case to case. */
export interface RunScope {
  readonly seed: string;
  /** Part of every product name, so that a run over a used agent does not meet what an earlier one left. */
  readonly nonce: string;
  /** `--time-scale` times the calibration's stretch. */
  readonly timeScale: number;
  /** Directories of unpacked npm packages. */
  readonly packages: readonly string[];
  /** Where a file with the whole wire goes for every case that is executed; nowhere when absent. */
  readonly traceDirectory?: string;
}

/** One run of one case: the context it gets, and what came of it. */
export interface CaseScope {
  readonly context: CaseContext;
  /** Part of every product name of this run of the case. */
  readonly nonce: string;
  readonly transcript: Transcript;
  readonly observations: readonly string[];
  readonly cleanup: CleanupStack;
}

/**
 * Opens a scope; running its cleanup closes it. A case that is repeated has another `attempt`: with the random numbers of the first it would
 * meet the instances and operations that the first left, and be judged by them.
 */
export function openCaseScope(record: CaseRecord, run: RunScope, attempt: number): CaseScope {
  const name = attempt === 1 ? record.id : `${record.id}.${attempt}`;
  const follow = run.traceDirectory === undefined ? undefined : startTraceFile(run.traceDirectory, name);
  const transcript = startTranscript(undefined, follow);
  const observations: string[] = [];
  const cleanup = cleanupStack();
  const directory = makeTemporaryDirectory("berth-case-");
  cleanup.add(() => removeTemporaryDirectory(directory));

  const context: CaseContext = {
    random: seededRandom(run.seed, attempt === 1 ? record.id : `${record.id} ${attempt}`),
    scaledMs: (ms) => ms * run.timeScale,
    observe: (fact) => void observations.push(fact),
    notApplicable(reason) {
      throw new NotApplicable(reason);
    },
    realPackages() {
      if (run.packages.length === 0) throw new NotApplicable("this run was given no real packages (--package)");
      return realPackages(run.packages);
    },
    onEnd: cleanup.add,
    directory,
  };
  const nonce = attempt === 1 ? run.nonce : `${run.nonce}-${attempt}`;
  return { context, nonce, transcript, observations, cleanup };
}
