import { readFileSync } from "node:fs";
import { z } from "zod";
import { packageFile } from "../package-file.ts";
import type { UncoveredClause } from "./clause-gate.ts";

const file = z.array(
  z.strictObject({ clause: z.string().min(1), reason: z.string().min(1), shownBy: z.string().min(1) }),
);

/** Reads `uncovered-clauses.json`. Throws when it is not in its form. */
export function readUncoveredClauses(): UncoveredClause[] {
  return file.parse(JSON.parse(readFileSync(packageFile("uncovered-clauses.json"), "utf8")));
}
