import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readKnownFailures } from "./known-failures.ts";

describe("readKnownFailures", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-known-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function file(content: unknown): string {
    const path = join(folder, "known.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }
  const entry = { case: "stops", code: "x", reason: "r", issue: "i", expires: "2027-01-31" };

  it("reads entries", () => {
    assert.deepEqual(readKnownFailures(file([entry])), [entry]);
  });

  it("refuses an entry without a reason, with a date that is none, or with a field it does not know", () => {
    assert.throws(() => readKnownFailures(file([{ ...entry, reason: "" }])), /reason/);
    assert.throws(() => readKnownFailures(file([{ ...entry, expires: "soon" }])), /expires/);
    assert.throws(() => readKnownFailures(file([{ ...entry, until: "x" }])), /until/);
  });

  it("names the file that is not there or no JSON", () => {
    assert.throws(() => readKnownFailures(join(folder, "none.json")), /none\.json cannot be read/);
    assert.throws(() => readKnownFailures(file("[")), /known\.json cannot be read/);
  });
});
