import type { CaseRecord } from "../case.ts";
import { specificationOf } from "../clauses/specification.ts";
import { parseProductVersion } from "../product-version.ts";
import { claimDigest } from "../report/claim-digest.ts";
import { countOutcomes, type RunResults } from "../report/results.ts";
import { caseLevel } from "../runner/case-level.ts";
import { catalogueDigest } from "../runner/catalogue-digest.ts";
import { EXIT } from "../runner/exit-code.ts";
import { isRed } from "../runner/outcome.ts";
import { agentProfileName, executedRequired, readProfile, serverProfileName } from "../runner/profile.ts";
import { shardName } from "../runner/shard.ts";
import { judge } from "../runner/verdict.ts";
import { checkApplicability } from "./check-applicability.ts";
import { checkCase } from "./check-case.ts";
import { differing } from "./differing.ts";
import { type Findings, NO_FINDINGS, type OwnSuite } from "./own-suite.ts";

/** Recomputes everything that a run claims, from the outcomes of its cases and this suite alone. */
export function checkRun(run: RunResults, own: OwnSuite): Findings {
  const records: readonly CaseRecord[] = run.suite === "agent" ? own.agentCases : own.serverCases;
  const stranger = ofOtherSuite(run, records, own);
  if (stranger !== undefined) return { ...NO_FINDINGS, otherSuite: [stranger] };
  const narrowed = narrowedTo(run);
  if (narrowed !== undefined) return { ...NO_FINDINGS, shortcomings: [narrowed] };
  return {
    ...NO_FINDINGS,
    differences: [
      ...checkCaseSet(run, records),
      ...records.flatMap((record) =>
        run.cases.filter(({ id }) => id === record.id).flatMap((ended) => checkCase(record, ended, own.clauses)),
      ),
      ...checkApplicability(run, own),
      ...checkFigures(run, records, own),
    ],
    shortcomings: run.exitCode === EXIT.conformant ? [] : [ownVerdict(run)],
  };
}

/** Another suite has other cases, or other sentences to judge by: it alone can recompute what it found. */
function ofOtherSuite(run: RunResults, records: readonly CaseRecord[], own: OwnSuite): string | undefined {
  if (run.suiteVersion !== own.version) {
    return `it was judged by version ${run.suiteVersion} of the suite, and this is ${own.version}: verify it with ${run.suiteVersion}`;
  }
  const { version, digest } = specificationOf(own.clauses);
  const [catalogue, stated] = [catalogueDigest(records), run.catalogue.digest];
  const build = `verify it with the build of ${own.version} that judged it`;
  if (stated !== catalogue)
    return `it was judged by other cases (${stated}) than this suite has (${catalogue}): ${build}`;
  if (run.specification?.digest === digest && run.specification.version === version) return undefined;
  const { specification: other } = run;
  return `it was judged by another specification (${other?.version ?? "not stated"}, ${other?.digest ?? "no digest"}) than this suite has (${version}, ${digest}): ${build}`;
}

function narrowedTo({ filter, level, shard }: RunResults): string | undefined {
  if (filter !== undefined) return `it was filtered (--filter ${filter}), which proves nothing about conformance`;
  if (level !== undefined) return `it was narrowed to the level ${level}, a step on the way and not conformance`;
  if (shard === undefined) return undefined;
  return `it is shard ${shardName(shard)} alone: join all shards with berth-conformance merge, and verify the whole`;
}

function checkCaseSet(run: RunResults, records: readonly CaseRecord[]): string[] {
  const times = new Map<string, number>();
  for (const { id } of run.cases) times.set(id, (times.get(id) ?? 0) + 1);
  const own = new Set(records.map(({ id }) => id));
  return [
    ...records.filter(({ id }) => !times.has(id)).map(({ id }) => `${id}: the case is missing`),
    ...[...times].filter(([, count]) => count > 1).map(([id, count]) => `${id}: the case is there ${count} times`),
    ...[...times.keys()].filter((id) => !own.has(id)).map((id) => `${id}: there is no such case`),
    ...differing("the number of cases to choose from", run.catalogue.cases, records.length),
    ...differing("the number of cases that were going to be run", run.caseCount, records.length),
  ];
}

/** Everything that is counted or concluded. */
function checkFigures(run: RunResults, records: readonly CaseRecord[], own: OwnSuite): string[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const cases = run.cases.flatMap((each) => {
    const record = byId.get(each.id);
    return record === undefined ? [] : [{ ...each, level: caseLevel(record, own.clauses) }];
  });
  const floor = readProfile(run.profile)?.floor;
  const { knownFailureProblems } = run;
  const profile = { name: run.profile, floor: floor ?? run.floor };
  const verdict = judge({ results: cases, knownFailureProblems, filtered: false, profile });
  return [
    ...checkProfile(run),
    ...(floor === undefined ? [] : differing(`the floor of the profile ${run.profile}`, run.floor, floor)),
    ...differing("the number of executed required cases", run.executedRequired, executedRequired(cases)),
    ...countDifferences(run.counts, countOutcomes(cases)),
    ...differing("the exit code", run.exitCode, verdict.exitCode),
    ...differing("the verdict in words", run.sentences, verdict.sentences),
    ...differing("the digest", run.digest, claimDigest(run)),
  ];
}

/** A name for each outcome that is counted wrongly. */
export function countDifferences(stated: RunResults["counts"], own: RunResults["counts"]): string[] {
  const outcomes = Object.keys(own) as readonly (keyof RunResults["counts"])[];
  return outcomes.flatMap((outcome) => differing(`the count of ${outcome}`, stated[outcome], own[outcome]));
}

/** The profile has to be the one that the version leads to: by that of an older one, or of a level, less would be enough. */
function checkProfile({ suite, profile, agentVersion, productVersion }: RunResults): string[] {
  if (suite === "agent") {
    if (agentVersion === undefined) return ["the agent's version is not stated"];
    const names = [false, true].map((byAddress) => agentProfileName(agentVersion, byAddress));
    return names.includes(profile)
      ? []
      : [`the profile is ${profile}, and of an agent ${agentVersion} ${names.join(" or ")}`];
  }
  const parsed = parseProductVersion(productVersion ?? "");
  if (parsed === undefined) return ["the product and version that the server was judged as is not stated"];
  return differing(`the profile of ${productVersion}`, profile, serverProfileName(parsed));
}

function ownVerdict({ exitCode, cases, sentences }: RunResults): string {
  const red = cases.filter(({ outcome }) => isRed(outcome)).map(({ id, outcome }) => `${id} [${outcome}]`);
  if (exitCode === EXIT.notConformant)
    return ["not conformant, and it says so", red.join(", ")].filter(Boolean).join(": ");
  return `conformance is not shown, and it says so: ${sentences.join("; ")}`;
}
