import { readFailureCodes } from "../runner/failure-codes.ts";
import type { Catalogue } from "./catalogue.ts";
import { explainCase } from "./explain-case.ts";
import { explainClause } from "./explain-clause.ts";
import { UsageError } from "./usage-error.ts";

const MOST_NEIGHBOURS = 5;

/** What a case, a clause or a failure code is about, before anything has run. @throws {UsageError} when `id` is none of them. */
export function explain(catalogue: Catalogue, id: string): string {
  const { agentCases, serverCases, clauses } = catalogue;
  const cases = [...agentCases, ...serverCases];
  const record = cases.find((each) => each.id === id);
  if (record !== undefined) return explainCase(catalogue, record);
  const clause = clauses.get(id.toUpperCase());
  if (clause !== undefined) return explainClause(catalogue, clause);
  const codes = readFailureCodes();
  const meaning = codes.get(id);
  if (meaning !== undefined) return `${id}, a failure code: ${meaning}`;

  const known = [...cases.map((each) => each.id), ...codes.keys(), ...clauses.keys()];
  const wanted = id.toLowerCase();
  const near = known.filter((each) => each.toLowerCase().includes(wanted) || wanted.includes(each.toLowerCase()));
  const hint = near.length > 0 ? `; did you mean ${near.slice(0, MOST_NEIGHBOURS).join(", ")}?` : "";
  throw new UsageError(
    `"${id}" is no case, no clause and no failure code${hint} (berth-conformance list names the cases)`,
  );
}
