import type { CaseRecord } from "../case.ts";
import { sha256 } from "../material/sha256.ts";

const DIGITS = 12;

/**
 * The same for two catalogues with the same case ids that cite the same clauses, in whatever order the cases are: whether the shards of two
 * runs belong together. What the clauses say is the specification's digest to tell.
 */
export function catalogueDigest(catalogue: readonly CaseRecord[]): string {
  const lines = catalogue.map(({ id, clauses }) => [id, ...clauses].join(" ")).sort();
  return sha256(Buffer.from(lines.join("\n")))
    .toString("hex")
    .slice(0, DIGITS);
}
