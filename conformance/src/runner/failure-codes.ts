import { readFileSync } from "node:fs";
import { z } from "zod";
import { packageFile } from "../package-file.ts";

/** What each failure code means, by the code: `failure-codes.json`. */
export function readFailureCodes(): ReadonlyMap<string, string> {
  const content = z
    .record(z.string(), z.string().min(1))
    .parse(JSON.parse(readFileSync(packageFile("failure-codes.json"), "utf8")));
  return new Map(Object.entries(content));
}
