import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Results } from "./results.ts";

/** Writes results.json. */
export function writeJson(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}
