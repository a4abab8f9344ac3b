import { EXIT } from "../runner/exit-code.ts";
import { judgedLevel } from "../runner/level.ts";
import { executedRequired } from "../runner/profile.ts";
import { shardName } from "../runner/shard.ts";
import { judge, type Verdict } from "../runner/verdict.ts";
import { digestOfWhole } from "./claim-digest.ts";
import { countOutcomes, type RunResults } from "./results.ts";

/** A run, or a shard of one, with the file it is from. */
export interface ShardOfFile {
  readonly file: string;
  readonly run: RunResults;
}

/** The files do not belong together; the message says which and why. */
export class CannotMerge extends Error {
  override readonly name = "CannotMerge";
}

type UnlabelledRun = Omit<RunResults, "label">;

/**
 * Makes one run of its shards. A run that is whole stays as it is.
 *
 * @throws {CannotMerge} when a part is there twice, or the parts are of different runs.
 */
export function mergeRun(parts: readonly ShardOfFile[]): UnlabelledRun {
  requireBelonging(parts);
  const runs = parts.map(({ run }) => run).sort((a, b) => (a.shard?.index ?? 0) - (b.shard?.index ?? 0));
  const [first] = runs;
  if (first === undefined) throw new RangeError("a run has at least one part");
  if (first.shard === undefined) return first;

  const cases = runs.flatMap((run) => run.cases).sort((a, b) => a.place - b.place);
  const slowest = runs.reduce((worst, run) => (run.timeScale > worst.timeScale ? run : worst));
  const knownFailureProblems = [...new Set(runs.flatMap((run) => run.knownFailureProblems))];
  const { shard: _, ...facts } = first;
  return {
    ...facts,
    ...judgeWhole(runs, cases, knownFailureProblems),
    at: runs.map((run) => run.at).toSorted()[0] ?? first.at,
    seed: [...new Set(runs.map((run) => run.seed))].join(", "),
    timeScale: slowest.timeScale,
    calibration: slowest.calibration,
    caseCount: runs.reduce((sum, run) => sum + run.caseCount, 0),
    durationMs: Math.max(...runs.map((run) => run.durationMs)),
    mergedFrom: runs.length,
    knownFailureProblems,
    executedRequired: executedRequired(cases),
    counts: countOutcomes(cases),
    ...digestOfWhole({ ...facts, cases }),
    cases,
  };
}

/** The floor holds for the sum. What is missing makes a run that shows nothing wrong one of which too little ran. */
function judgeWhole(
  runs: readonly RunResults[],
  cases: RunResults["cases"],
  knownFailureProblems: readonly string[],
): Verdict {
  const { filter, level, profile: name, floor } = runs[0]!;
  const verdict = judge({
    results: cases,
    knownFailureProblems,
    filtered: filter !== undefined,
    level: level === undefined ? undefined : judgedLevel(level),
    profile: { name, floor },
  });
  const missing = whatIsMissing(runs, cases.length);
  if (missing.length === 0) return verdict;
  const proven = verdict.exitCode === EXIT.notConformant || verdict.exitCode === EXIT.suiteAtFault;
  return {
    exitCode: proven ? verdict.exitCode : EXIT.tooLittleRan,
    sentences: proven ? [...missing, ...verdict.sentences] : [...missing, "too little ran to say anything"],
  };
}

function whatIsMissing(runs: readonly RunResults[], caseCount: number): string[] {
  const { shard, filter, level, catalogue } = runs[0]!;
  const count = shard?.count ?? 1;
  const there = new Set(runs.map((run) => run.shard?.index));
  const indexes = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !there.has(index));
  const lost = indexes.map((index) => `shard ${shardName({ index, count })} is missing`);
  const cut = runs
    .filter((run) => run.cases.length < run.caseCount)
    .map(
      (run) => `shard ${shardName(run.shard!)} was cut off: ${run.cases.length} of its ${run.caseCount} cases ended`,
    );
  const narrowed = filter !== undefined || level !== undefined;
  if (lost.length > 0 || cut.length > 0 || narrowed || caseCount === catalogue.cases) return [...lost, ...cut];
  return [`the shards have ${caseCount} of the ${catalogue.cases} cases between them`];
}

/** What the parts of one run have in common. */
const COMMON = {
  "suite version": (run) => run.suiteVersion,
  catalogue: (run) => run.catalogue.digest,
  specification: (run) => run.specification?.digest,
  "agent version": (run) => run.agentVersion,
  features: (run) => run.features?.join(" "),
  profile: (run) => `${run.profile} with a floor of ${run.floor}`,
  filter: (run) => run.filter,
  level: (run) => run.level,
  "number of shards": (run) => run.shard?.count ?? "whole",
} satisfies Record<string, (run: RunResults) => string | number | undefined>;

function requireBelonging(parts: readonly ShardOfFile[]): void {
  const first = parts[0]!;
  const seen = new Map<number, string>();
  const cases = new Map<string, string>();
  for (const { file, run } of parts) {
    for (const [name, of] of Object.entries(COMMON)) {
      if (of(run) === of(first.run)) continue;
      const both = `${of(first.run) ?? "none"} and ${of(run) ?? "none"}`;
      throw new CannotMerge(`${first.file} and ${file} do not belong together: the ${name} is ${both} (${run.target})`);
    }
    const index = run.shard?.index ?? 0;
    const before = seen.get(index);
    const what =
      run.shard === undefined ? `the run of ${run.target}` : `shard ${shardName(run.shard)} of ${run.target}`;
    if (before !== undefined) throw new CannotMerge(`${what} is in ${before} and in ${file}: give it once`);
    seen.set(index, file);
    for (const { id } of run.cases) {
      const other = cases.get(id);
      if (other !== undefined)
        throw new CannotMerge(`the case ${id} is in ${other} and in ${file}: these are no shards of one run`);
      cases.set(id, file);
    }
  }
}
