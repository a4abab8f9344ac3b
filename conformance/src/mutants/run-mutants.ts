import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AgentMutant, ServerMutant } from "../../mutants/mutant.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "../attach/temporary-directory.ts";
import type { CaseRecord } from "../case.ts";
import type { Catalogue } from "../cli/catalogue.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import type { CaseResult } from "../runner/outcome.ts";
import { withTwins } from "../runner/select-cases.ts";
import type { End, MutantCommands } from "./mutant-commands.ts";
import { judgeMutantCase, type ListedMutant, type MutantResult } from "./mutant-result.ts";
import { type CaseRun, runAgentCases, runServerCases } from "./run-cases.ts";

/** The agent version from which the cases about an upgrade start. */
const OLDER_VERSION = 46;
const LATEST_VERSION = 51;
/** How long a case waits for a mutant at least, and how many times as long as it took on the reference, on this machine and just now. */
const BOUND = { leastMs: 20_000, leastForHangingMs: 5_000, timesLonger: 4 } as const;

/** What mutants are run with. */
export interface MutantsRun extends CaseRun {
  readonly catalogue: Catalogue;
  readonly commands: MutantCommands;
  /** Told of every case that has caught a mutant. */
  onKill?(mutant: ListedMutant, record: CaseRecord, result: CaseResult): void;
}

/** The mutants of both ends as one list, the agents first. */
export function listMutants(agents: readonly AgentMutant[], servers: readonly ServerMutant[]): ListedMutant[] {
  return [
    ...agents.map((each) => listed("agent", each, each.agentVersion ?? LATEST_VERSION)),
    ...servers.map((each) => listed("server", each, undefined)),
  ];
}

function listed(end: End, mutant: AgentMutant | ServerMutant, agentVersion: number | undefined): ListedMutant {
  const { id, clause, breaks, part, hangs = false } = mutant;
  return { end, id, clause, breaks, part, agentVersion, hangs };
}

/** Runs the cases of a mutant's clause against the mutant, in a process that nothing else has used. The references went through them before. */
export async function runMutant(
  mutant: ListedMutant,
  run: MutantsRun,
  references: readonly ReferenceResult[],
): Promise<MutantResult> {
  const beginMs = performance.now();
  const directory = makeTemporaryDirectory("berth-mutant-");
  const usedFile = join(directory, "used");
  const ended = (status: MutantResult["status"], cases: MutantResult["cases"], reason?: string): MutantResult => ({
    ...mutant,
    status,
    reason,
    cases,
    durationMs: Math.round(performance.now() - beginMs),
  });
  try {
    const records = casesOf(run.catalogue, mutant);
    const caseMs = caseMsOf(mutant, records, run, references);
    const results = await runOn(mutant, records, { ...run, caseMs }, usedFile);
    const cases = results.map((result, index) => judgeMutantCase(mutant, records[index]!, result));
    for (const [index, { kills }] of cases.entries()) if (kills) run.onKill?.(mutant, records[index]!, results[index]!);
    if (!existsSync(usedFile)) return ended("unused", cases);
    return ended(cases.some((each) => each.kills) ? "killed" : "survived", cases);
  } catch (error) {
    if (!(error instanceof TargetUnreachable)) throw error;
    return ended("unreachable", [], error.message);
  } finally {
    await removeTemporaryDirectory(directory);
  }
}

/** Runs, against the references as they are, every case that one of the mutants is judged by. */
export async function runReferences(mutants: readonly ListedMutant[], run: MutantsRun): Promise<ReferenceResult[]> {
  const results: ReferenceResult[] = [];
  for (const [reference, judged] of Map.groupBy(mutants, referenceOf)) {
    const records = [...new Set(judged.flatMap((mutant) => casesOf(run.catalogue, mutant)))];
    for (const result of await runOn(judged[0]!, records, run)) results.push({ reference, result });
  }
  return results;
}

/** Before it is stretched. A mutant that is meant to hang is told from one that is slow, because the reference was faster. */
function caseMsOf(
  mutant: ListedMutant,
  records: readonly CaseRecord[],
  { scope }: MutantsRun,
  references: readonly ReferenceResult[],
): number {
  const own = references.filter(
    ({ reference, result }) => reference === referenceOf(mutant) && records.some(({ id }) => id === result.id),
  );
  const slowestMs = Math.max(0, ...own.map(({ result }) => result.durationMs)) / scope.timeScale;
  return Math.max(mutant.hangs ? BOUND.leastForHangingMs : BOUND.leastMs, slowestMs * BOUND.timesLonger);
}

function referenceOf({ end, agentVersion }: ListedMutant): string {
  return agentVersion === undefined ? end : `${end} ${agentVersion}`;
}

/** How a case ended against a reference as it is. */
export interface ReferenceResult {
  /** Such as `agent 51`. */
  readonly reference: string;
  readonly result: CaseResult;
}

/** Against the reference itself where there is no file to tell that a mutant was used. */
function runOn(
  { end, id, agentVersion = LATEST_VERSION }: ListedMutant,
  records: readonly CaseRecord[],
  run: MutantsRun,
  usedFile?: string,
): Promise<CaseResult[]> {
  const { commands, catalogue } = run;
  const ids = new Set(records.map((record) => record.id));
  if (end === "server") {
    const command = usedFile === undefined ? commands.server : commands.mutantServer(id, usedFile);
    return runServerCases(
      command,
      catalogue.serverCases.filter((each) => ids.has(each.id)),
      run,
    );
  }
  const command =
    usedFile === undefined ? commands.agent(agentVersion) : commands.mutantAgent(id, usedFile, agentVersion);
  const subject = { command, olderCommand: commands.agent(OLDER_VERSION), version: agentVersion };
  return runAgentCases(
    subject,
    catalogue.agentCases.filter((each) => ids.has(each.id)),
    run,
  );
}

/** The cases of the mutant's clause and the twins they rest on, in the order of the catalogue. */
function casesOf({ agentCases, serverCases }: Catalogue, { end, clause }: ListedMutant): CaseRecord[] {
  const all: readonly CaseRecord[] = end === "agent" ? agentCases : serverCases;
  const chosen = new Set(
    withTwins(
      all,
      all.filter((each) => each.clauses.includes(clause)),
    ),
  );
  return all.filter((each) => chosen.has(each));
}
