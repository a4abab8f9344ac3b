import type { CaseRecord } from "../case.ts";
import { sha256 } from "../material/sha256.ts";

const DIGITS = 12;

/** The same for two catalogues with the same case ids, in whatever order: whether the shards of two runs belong together. */
export function catalogueDigest(catalogue: readonly CaseRecord[]): string {
  const ids = catalogue.map((each) => each.id).sort();
  return sha256(Buffer.from(ids.join("\n")))
    .toString("hex")
    .slice(0, DIGITS);
}
