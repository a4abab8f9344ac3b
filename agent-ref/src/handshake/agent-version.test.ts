import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseAgentVersion } from "./agent-version.ts";

describe("the version an agent runs as", () => {
  for (const version of [42, 43, 44, 45, 46, 49, 50, 51]) {
    it(`can be ${version}`, () => assert.deepEqual(parseAgentVersion(version), { ok: true, version }));
  }

  for (const version of [47, 48]) {
    it(`cannot be ${version}, which was never published`, () => {
      const parsed = parseAgentVersion(version);
      assert.ok(!parsed.ok && /never published/.test(parsed.reason));
    });
  }

  for (const version of [0, 41, 52, 46.5, Number.NaN]) {
    it(`cannot be ${version}, and is told which it can be`, () => {
      const parsed = parseAgentVersion(version);
      assert.ok(!parsed.ok && /42, 43, 44, 45, 46, 49, 50, 51/.test(parsed.reason));
    });
  }
});
