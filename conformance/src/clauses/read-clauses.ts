import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clause } from "./clause.ts";
import { parseClauses } from "./parse-clauses.ts";

/** The pages in the order a reader meets them; any other follows by name. */
const READING_ORDER = ["handshake.md", "instancing.md", "sync.md", "operations.md", "errors.md", "security.md"];

/** All clauses of the specification, by id, in reading order. Ids that occur twice are the lint's to find; here the first one stays. */
export type ClauseIndex = ReadonlyMap<string, Clause>;

/** Reads the specification that comes with the installed `@berth/proto`, as data. */
export function readClauses(): ClauseIndex {
  const index = new Map<string, Clause>();
  for (const clause of readAllClauses()) if (!index.has(clause.id)) index.set(clause.id, clause);
  return index;
}

/** The same as a list, with ids that occur twice twice. */
export function readAllClauses(): Clause[] {
  const folder = join(dirname(fileURLToPath(import.meta.resolve("@berth/proto/package.json"))), "spec");
  const pages = readdirSync(folder).filter((name) => name.endsWith(".md"));
  pages.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
  return pages.flatMap((page) => parseClauses(page, readFileSync(join(folder, page), "utf8")));
}

function place(page: string): number {
  const index = READING_ORDER.indexOf(page);
  return index === -1 ? READING_ORDER.length : index;
}
