import { clauseGate, type GateResult } from "../clauses/clause-gate.ts";
import { readUncoveredClauses } from "../clauses/read-uncovered-clauses.ts";
import { HarnessError } from "../runner/failure.ts";
import type { Catalogue } from "./catalogue.ts";

/** Holds this suite's cases against the specification. */
export function gateOf({ agentCases, serverCases, clauses }: Catalogue): GateResult {
  try {
    return clauseGate(clauses, [...agentCases, ...serverCases], readUncoveredClauses());
  } catch (error) {
    throw new HarnessError(`uncovered-clauses.json cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** The gate as text: one line per gap, and the count last. */
export function gateText(gate: GateResult): string {
  const { required, covered, excused, gaps } = gate;
  const count = `${required} required clauses: ${covered} judged by cases, ${excused} not, with a reason, ${gaps.length} gaps`;
  return [...gaps, count].join("\n");
}
