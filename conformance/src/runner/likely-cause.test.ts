import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readFailureCodes } from "./failure-codes.ts";
import { CAUSES, likelyCause } from "./likely-cause.ts";

describe("likelyCause", () => {
  it("knows causes of failure codes that there are, and of no other", () => {
    const codes = readFailureCodes();
    for (const code of Object.keys(CAUSES)) assert.ok(codes.has(code), code);
    assert.equal(likelyCause("no-such-code"), undefined);
    assert.equal(likelyCause("constructor"), undefined);
  });
});
