import type { AgentCase, ServerCase } from "../case.ts";
import type { GateResult } from "../clauses/clause-gate.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";

/** The suite that somebody verifies with, which published results are held against. */
export interface OwnSuite {
  readonly version: string;
  readonly agentCases: readonly AgentCase[];
  readonly serverCases: readonly ServerCase[];
  readonly clauses: ClauseIndex;
  /** What this suite's cases cover of the specification. */
  readonly gate: GateResult;
}

/** What was found in published results, one line each. */
export interface Findings {
  /** Why this suite cannot say anything about them, and which one can. */
  readonly otherSuite: readonly string[];
  /** Where they say what does not follow from the outcomes, or from the suite. */
  readonly differences: readonly string[];
  /** Why they show no conformance, and say so themselves. */
  readonly shortcomings: readonly string[];
}

/** Nothing to find. */
export const NO_FINDINGS: Findings = { otherSuite: [], differences: [], shortcomings: [] };

/** The findings of several parts. */
export function joinFindings(parts: readonly Findings[]): Findings {
  return {
    otherSuite: parts.flatMap((part) => part.otherSuite),
    differences: parts.flatMap((part) => part.differences),
    shortcomings: parts.flatMap((part) => part.shortcomings),
  };
}

/** The same findings, each of which says whose it is. */
export function saidOf(name: string, findings: Findings): Findings {
  const say = (line: string) => `${name}: ${line}`;
  return {
    otherSuite: findings.otherSuite.map(say),
    differences: findings.differences.map(say),
    shortcomings: findings.shortcomings.map(say),
  };
}
