import type { CaseRecord } from "../case.ts";
import type { CaseResult } from "../runner/outcome.ts";
import { wrongRecording } from "../transcripts/recording-of.ts";
import { readTranscript, writeTranscript } from "../transcripts/transcript-file.ts";
import type { ListedMutant } from "./mutant-result.ts";

/** Collects what cases look like that caught a mutant, for `explain` to show as wrong. */
export interface WrongExamples {
  /** Takes a case that caught a mutant. */
  take(mutant: ListedMutant, record: CaseRecord, result: CaseResult): void;
  /** Writes an example for every case that has none yet; the ids of these cases. */
  write(): string[];
}

interface Example {
  readonly rank: number;
  readonly mutant: ListedMutant;
  readonly result: CaseResult;
}

/** Examples for the transcripts in a folder. Of several mutants that a case caught it takes one of the case's main clause, and of these the first of `mutants`. */
export function wrongExamples(mutants: readonly ListedMutant[], folder: string): WrongExamples {
  const best = new Map<string, Example>();
  return {
    take(mutant, record, result) {
      const rank = mutants.indexOf(mutant) + (record.clauses[0] === mutant.clause ? 0 : mutants.length);
      if (rank < (best.get(record.id)?.rank ?? Number.POSITIVE_INFINITY)) best.set(record.id, { rank, mutant, result });
    },
    write() {
      const lacking = [...best].filter(([id]) => readTranscript(id, folder).wrong === undefined);
      for (const [id, { mutant, result }] of lacking) {
        const wrong = wrongRecording(mutant.breaks, result.timeline, result.failure!);
        writeTranscript({ ...readTranscript(id, folder), wrong }, folder);
      }
      return lacking.map(([id]) => id);
    },
  };
}
