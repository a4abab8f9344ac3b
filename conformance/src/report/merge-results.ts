import { EXIT, type ExitCode, gravest } from "../runner/exit-code.ts";
import { mergeRun, type ShardOfFile } from "./merge-run.ts";
import { type Results, resultsOfRuns, withLabels } from "./results.ts";

/** Results as a file has them. */
export interface ResultsOfFile {
  readonly file: string;
  readonly results: Results;
}

/**
 * Puts the results of several commands together and judges the whole: the shards of one run become that run, and runs of different targets stand
 * side by side.
 *
 * @throws {CannotMerge} when files do not belong together, or the same is in two of them.
 */
export function mergeResults(files: readonly ResultsOfFile[]): Results {
  const runs = groupsOf(files).map(mergeRun);
  const gate = files.find(({ results }) => results.clauseGate !== undefined)?.results.clauseGate;
  const unreached = files.flatMap(({ results }) => results.unreached ?? []);
  const codes: ExitCode[] = [
    ...runs.map((run) => run.exitCode),
    ...files.flatMap(({ results }) => (results.exitCode === EXIT.targetUnreachable ? [results.exitCode] : [])),
    ...(gate !== undefined && gate.gaps.length > 0 ? [EXIT.notConformant] : []),
    ...(runs.length === 0 ? [EXIT.tooLittleRan] : []),
  ];
  const merged = resultsOfRuns(withLabels(runs), gravest(codes), gate);
  return unreached.length === 0 ? merged : { ...merged, unreached };
}

/** The shards of the same run: of the same target, and where a file has several such runs, the one at the same place among them. */
function groupsOf(files: readonly ResultsOfFile[]): ShardOfFile[][] {
  const groups = new Map<string, ShardOfFile[]>();
  for (const { file, results } of files) {
    const seen = new Map<string, number>();
    for (const run of results.runs) {
      const target = JSON.stringify([run.suite, run.target]);
      const ordinal = (seen.get(target) ?? 0) + 1;
      seen.set(target, ordinal);
      const key = `${target} ${ordinal}`;
      groups.set(key, [...(groups.get(key) ?? []), { file, run }]);
    }
  }
  return [...groups.values()];
}
