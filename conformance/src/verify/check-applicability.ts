import type { CaseRecord } from "../case.ts";
import { parseProductVersion } from "../product-version.ts";
import type { RunResults } from "../report/results.ts";
import { ALL_ABILITIES, inapplicableToAgent } from "../runner/inapplicable-to-agent.ts";
import { inapplicableToServer } from "../runner/inapplicable-to-server.ts";
import { isMet, type Outcome } from "../runner/outcome.ts";
import { agentProfileName } from "../runner/profile.ts";
import type { OwnSuite } from "./own-suite.ts";

/** How a case can end that was not begun. An error that no case made is put down to whichever was waited for. */
const NOT_BEGUN: readonly Outcome[] = ["not-applicable", "blocked", "expected-failure", "harness-error"];

/** Cases that say something about a target to which they do not apply, or that went on although their twin had not passed. */
export function checkApplicability(run: RunResults, own: OwnSuite): string[] {
  const inapplicable = inapplicability(run, own);
  const outcomes = new Map(run.cases.map(({ id, outcome }) => [id, outcome]));
  return run.cases.flatMap(({ id, outcome, twin }) => {
    if (NOT_BEGUN.includes(outcome)) return [];
    const reason = inapplicable(id) ?? twinObstacle(twin, run, outcomes);
    return reason === undefined ? [] : [`${id}: it cannot end as ${outcome}, because ${reason}`];
  });
}

/** What shows without the target. Abilities of an attachment by command depend on its options, which results do not hold. */
function inapplicability(run: RunResults, own: OwnSuite): (id: string) => string | undefined {
  if (run.suite === "server") {
    const productVersion = parseProductVersion(run.productVersion ?? "");
    const byId = indexOf(own.serverCases);
    return (id) => {
      const record = byId.get(id);
      return record && productVersion && inapplicableToServer(record, productVersion);
    };
  }
  const { agentVersion, features = [], profile } = run;
  const byId = indexOf(own.agentCases);
  return (id) => {
    const record = byId.get(id);
    if (record === undefined || agentVersion === undefined) return undefined;
    const abilities = profile === agentProfileName(agentVersion, true) ? new Set<never>() : ALL_ABILITIES;
    return inapplicableToAgent(record, { agentVersion, features }, abilities);
  };
}

function indexOf<Case extends CaseRecord>(cases: readonly Case[]): ReadonlyMap<string, Case> {
  return new Map(cases.map((each) => [each.id, each]));
}

/** A twin that belongs to another shard ran in both, and can have ended differently; an error that no case made came after it. */
function twinObstacle(
  twin: string | undefined,
  { mergedFrom }: RunResults,
  outcomes: ReadonlyMap<string, Outcome>,
): string | undefined {
  const ended = twin === undefined ? undefined : outcomes.get(twin);
  if (ended === undefined || mergedFrom !== undefined || isMet(ended) || ended === "harness-error") return undefined;
  return `its positive twin ${twin} ended as ${ended}`;
}
