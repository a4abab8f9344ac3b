import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { packageFile } from "../package-file.ts";
import { readFailureCodes } from "./failure-codes.ts";

const SOURCES = ["cases/**/*.ts", "src/**/*.ts"];

/** Every literal after `code:`, and the two that are put together from the name of an error's field. */
function codesInSources(): string[] {
  const files = SOURCES.flatMap((pattern) => globSync(packageFile(pattern))).filter(
    (file) => !file.endsWith(".test.ts"),
  );
  const literals = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\bcode: "([a-z][a-z0-9-]*)"/g)].map(([, code]) => code!),
  );
  return [...new Set([...literals, "message-not-shown", "remedy-not-shown"])].toSorted();
}

describe("the table of failure codes", () => {
  it("says what every code of the sources means, and names no other", () => {
    const codes = codesInSources();
    assert.ok(codes.length > 100);
    assert.deepEqual([...readFailureCodes().keys()], codes);
  });

  it("is of sentences", () => {
    for (const [code, meaning] of readFailureCodes()) assert.match(meaning, /^[A-Za-z].*\.$/, code);
  });
});
