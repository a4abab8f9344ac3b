import { startAgentByCommand } from "../attach/agent-by-command.ts";
import type { Command } from "../attach/process-group.ts";
import { probeUnknownStep } from "../attach/server-by-command.ts";
import { serverByDriver } from "../attach/server-by-driver.ts";
import type { AgentCase, CaseRecord, ServerCase } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { USUAL_PRODUCT_VERSION } from "../product-version.ts";
import { agentSurroundings, learnAgent } from "../runner/agent-suite.ts";
import { caseRunner } from "../runner/case-runner.ts";
import type { RunScope } from "../runner/case-scope.ts";
import type { CaseSurroundings } from "../runner/execute-case.ts";
import type { CaseResult } from "../runner/outcome.ts";
import { serverSurroundings } from "../runner/server-suite.ts";

/** What cases are run with, whoever is judged by them. */
export interface CaseRun {
  readonly scope: RunScope;
  readonly clauses: ClauseIndex;
  /** How many cases go on at once. */
  readonly jobs: number;
  /** The longest one case takes; the suite's own bounds when absent. */
  readonly caseMs?: number;
}

/** An agent to be judged, and the agent from which it is upgraded in the cases about that. */
export interface AgentSubject {
  readonly command: Command;
  readonly olderCommand: Command;
  readonly version: number;
}

const PATIENCE_MS = 20_000;
const STEP_MS = 90_000;

/**
 * Starts an agent, judges it by the cases, and ends it.
 *
 * @throws {TargetUnreachable} when it does not start or does not answer.
 */
export async function runAgentCases(
  subject: AgentSubject,
  cases: readonly AgentCase[],
  run: CaseRun,
): Promise<CaseResult[]> {
  const { command, olderCommand, version } = subject;
  const agent = await startAgentByCommand({ command, olderCommand, patienceMs: PATIENCE_MS * run.scope.timeScale });
  try {
    const { features } = await learnAgent(agent, cases, run.scope);
    return await runCases(cases, agentSurroundings(agent, { agentVersion: version, features }, run.scope, 0), run);
  } finally {
    await agent.stop();
  }
}

/**
 * Starts a driver of a server, judges the server by the cases, and ends it.
 *
 * @throws {TargetUnreachable} when it cannot be started or driven.
 */
export async function runServerCases(
  command: Command,
  cases: readonly ServerCase[],
  run: CaseRun,
): Promise<CaseResult[]> {
  const server = serverByDriver({ command, stepMs: (run.caseMs ?? STEP_MS) * run.scope.timeScale });
  try {
    await probeUnknownStep(server);
    return await runCases(cases, serverSurroundings(server, USUAL_PRODUCT_VERSION, run.scope), run);
  } finally {
    await server.stop();
  }
}

async function runCases<Case extends CaseRecord>(
  cases: readonly Case[],
  surroundings: CaseSurroundings<Case>,
  { clauses, jobs, caseMs }: CaseRun,
): Promise<CaseResult[]> {
  const longestMs = caseMs === undefined ? surroundings.longestMs : () => caseMs;
  const runner = caseRunner({ cases, clauses, jobs, surroundings: { ...surroundings, longestMs } });
  const results: CaseResult[] = [];
  for (const { id } of cases) results.push(await runner.resultOf(id));
  return results;
}
