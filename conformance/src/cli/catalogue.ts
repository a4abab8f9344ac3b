import { agentCases } from "../../cases/agent/index.ts";
import { serverCases } from "../../cases/server/index.ts";
import type { AgentCase, ServerCase } from "../case.ts";
import { type ClauseIndex, readClauses } from "../clauses/read-clauses.ts";
import { checkRecords, checkTwinDialects } from "../runner/check-records.ts";
import { checkSubjects } from "../runner/check-subjects.ts";
import { HarnessError } from "../runner/failure.ts";

/** Every case there is, and the clauses they cite. */
export interface Catalogue {
  readonly agentCases: readonly AgentCase[];
  readonly serverCases: readonly ServerCase[];
  readonly clauses: ClauseIndex;
}

/**
 * Reads the catalogue.
 *
 * @throws {HarnessError} when a record is at fault: an id used twice, a twin or a clause that is not there, a clause that binds the other end.
 */
export function readCatalogue(): Catalogue {
  const clauses = readClauses();
  const faults = [
    ...checkRecords([...agentCases, ...serverCases], clauses),
    ...checkTwinDialects(agentCases),
    ...checkSubjects("agent", agentCases, clauses),
    ...checkSubjects("server", serverCases, clauses),
  ];
  if (faults.length > 0) throw new HarnessError(`the suite's own cases are at fault:\n${faults.join("\n")}`);
  return { agentCases, serverCases, clauses };
}
