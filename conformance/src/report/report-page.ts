import { readFileSync } from "node:fs";
import { packageFile } from "../package-file.ts";
import { pageWithData } from "./page-with-data.ts";
import type { Results } from "./results.ts";
import { verdictWords } from "./verdict-words.ts";

/** Everything that ran as one HTML page that needs nothing beside it. */
export function reportPage(results: Results): string {
  const page = readFileSync(packageFile("pages/report.html"), "utf8");
  return pageWithData(page, { verdict: verdictWords(results), ...results });
}
