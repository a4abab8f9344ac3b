import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readKnownFailureDrafts, readKnownFailures } from "./known-failures-file.ts";

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

  it("refuses an entry that nobody has filled in, or with a field it does not know, by its line and with what to write", () => {
    const inLines = (bad: object) => `[\n${JSON.stringify(entry)},\n\n${JSON.stringify({ ...entry, ...bad })}\n]\n`;
    const says = (bad: object, message: RegExp) => assert.throws(() => readKnownFailures(file(inLines(bad))), message);
    says({ reason: " " }, /known\.json:4: entry of stops, reason: fill in the reason: why it fails/);
    says({ issue: "" }, /known\.json:4: entry of stops, issue: fill in the issue/);
    says({ expires: "soon" }, /known\.json:4: entry of stops, expires: write the last day/);
    says({ until: "x" }, /known\.json:4: entry of stops: .*until/);
  });

  it("reads unfilled entries to update them", () => {
    const unfilled = { ...entry, reason: "", issue: "", expires: "" };
    assert.deepEqual(readKnownFailureDrafts(file([unfilled])), [unfilled]);
  });

  it("names the line of what is not JSON, and what to do", () => {
    assert.throws(
      () => readKnownFailures(file(`[\n  { "case": "stops" }\n  { "case": "x" }\n]`)),
      /known\.json:3: is not JSON/,
    );
    assert.throws(() => readKnownFailures(file("[")), /known\.json:1: is not JSON: .*known-failures update/);
    assert.throws(
      () => readKnownFailures(file({})),
      /known\.json:1: is not a list of known failures; it begins with \[/,
    );
  });

  it("names the file that is not there", () => {
    assert.throws(() => readKnownFailures(join(folder, "none.json")), /none\.json cannot be read: ENOENT/);
  });
});
