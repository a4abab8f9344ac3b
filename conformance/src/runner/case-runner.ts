import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { caseLevel } from "./case-level.ts";
import { type CaseSurroundings, executeCase, unrun } from "./execute-case.ts";
import { type CaseResult, isMet } from "./outcome.ts";
import { takeTurns } from "./turns.ts";

/** Runs the cases of a selection, each once, twins first. */
export interface CaseRunner {
  /** The result of a case; begins it, and some of those that follow it, where they have not begun. */
  resultOf(id: string): Promise<CaseResult>;
}

export interface CaseRunnerSettings<Case extends CaseRecord> {
  readonly cases: readonly Case[];
  readonly clauses: ClauseIndex;
  /** How many cases go on at once. */
  readonly jobs: number;
  readonly surroundings: CaseSurroundings<Case>;
  /** Told when a case's work begins. */
  onBegin?(record: Case): void;
}

/** How many cases beyond `jobs` wait for their turn already, so that one waiting for its twin holds nobody up. */
const AHEAD = 8;

/** Makes a runner; nothing begins before it is asked for. */
export function caseRunner<Case extends CaseRecord>(settings: CaseRunnerSettings<Case>): CaseRunner {
  const { cases, surroundings } = settings;
  const turns = takeTurns(settings.jobs);
  const byId = new Map(cases.map((each) => [each.id, each]));
  const begun = new Map<string, Promise<CaseResult>>();

  function begin(record: Case): Promise<CaseResult> {
    const result = begun.get(record.id) ?? run(record);
    begun.set(record.id, result);
    return result;
  }

  async function run(record: Case): Promise<CaseResult> {
    const level = caseLevel(record, settings.clauses);
    const twin = record.twin === undefined ? undefined : byId.get(record.twin);
    const obstacle = twin === undefined ? undefined : twinObstacle(await begin(twin));
    if (obstacle !== undefined) return unrun(record.id, level, obstacle.outcome, obstacle.reason);

    const once = (attempt: number) => () => {
      settings.onBegin?.(record);
      return executeCase(record, level, surroundings, attempt);
    };
    const result = await (needsQuiet(record) ? turns.alone(once(1)) : turns.shared(once(1)));
    if (!record.timed || (result.outcome !== "fail" && result.outcome !== "warn")) return result;
    const again = await turns.alone(once(2));
    return isMet(again.outcome)
      ? { ...result, outcome: "flaky", reason: "it failed, and passed when it was repeated alone" }
      : again;
  }

  return {
    resultOf(id) {
      const index = cases.findIndex((each) => each.id === id);
      for (const next of cases.slice(index, index + settings.jobs + AHEAD)) void begin(next);
      return begin(cases[index]!);
    },
  };
}

/** What ends or restarts the agent that all cases share would be felt by the others; one that launches its own ends that. */
function needsQuiet({ abilities = [] }: CaseRecord): boolean {
  return !abilities.includes("launch") && (abilities.includes("restart") || abilities.includes("kill"));
}

function twinObstacle(twin: CaseResult): { outcome: "blocked" | "not-applicable"; reason: string } | undefined {
  if (isMet(twin.outcome)) return undefined;
  if (twin.outcome === "not-applicable") {
    return { outcome: "not-applicable", reason: `its positive twin ${twin.id} is not applicable: ${twin.reason}` };
  }
  return { outcome: "blocked", reason: `its positive twin ${twin.id} ended as ${twin.outcome}` };
}
