import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { sha256 } from "../material/sha256.ts";
import type { ClauseIndex } from "./read-clauses.ts";

/** The specification that something was judged by. */
export interface Specification {
  /** That of the installed `@berth/proto`. */
  readonly version: string;
  /** The SHA-256 over the ids and sentences of all clauses, in hexadecimal digits: what is required of whom stands in them. */
  readonly digest: string;
}

/** Names the specification that these clauses are. */
export function specificationOf(clauses: ClauseIndex): Specification {
  const lines = [...clauses.values()].map(({ id, sentence }) => `${id} ${sentence}`).sort();
  return { version: specificationVersion(), digest: sha256(Buffer.from(lines.join("\n"))).toString("hex") };
}

function specificationVersion(): string {
  const path = fileURLToPath(import.meta.resolve("@berth/proto/package.json"));
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, "utf8"))).version;
}
