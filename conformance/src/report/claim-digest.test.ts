import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { type ClaimedRun, claimDigest, claimForm, digestOfWhole } from "./claim-digest.ts";

const run: ClaimedRun = {
  suite: "agent",
  suiteVersion: "0.1.0",
  catalogue: { cases: 2, digest: "0123456789ab" },
  specification: { version: "0.1.0", digest: "abcd" },
  profile: "agent-49",
  agentVersion: 51,
  features: ["zstd@1", "server-identity@1"],
  cases: [
    { id: "b", outcome: "warn" },
    { id: "a", outcome: "pass" },
  ],
};

/** Written by hand from CLAIMS.md. */
const FORM =
  '{"agentVersion":51,"cases":[["a","pass"],["b","warn"]],"catalogue":"0123456789ab","features":["server-identity@1","zstd@1"],' +
  '"form":1,"productVersion":null,"profile":"agent-49","specification":{"digest":"abcd","version":"0.1.0"},"suite":"agent","suiteVersion":"0.1.0"}';

describe("the digest of a claim", () => {
  it("is the SHA-256 over canonical JSON that anybody can write", () => {
    assert.equal(claimForm(run), FORM);
    assert.equal(claimDigest(run), createHash("sha256").update(FORM).digest("hex"));
  });

  it("is the same for the same outcomes, whenever, wherever and in whatever order", () => {
    const other = {
      ...run,
      at: "2027",
      seed: "1",
      target: "/elsewhere",
      cases: run.cases.toReversed(),
      features: run.features?.toReversed(),
    };
    assert.equal(claimDigest(other), claimDigest(run));
  });

  const others: [string, Partial<ClaimedRun>][] = [
    ["another outcome", { cases: [run.cases[0]!, { id: "a", outcome: "observed" }] }],
    ["a case less", { cases: [run.cases[0]!] }],
    ["a case twice", { cases: [...run.cases, run.cases[0]!] }],
    ["another end", { suite: "server" }],
    ["another version of the agent", { agentVersion: 50 }],
    ["another product", { productVersion: "Otter 2.2.10" }],
    ["another feature", { features: ["zstd@1"] }],
    ["another profile", { profile: "agent-49-by-address" }],
    ["other cases", { catalogue: { cases: 2, digest: "other" } }],
    ["another specification", { specification: { version: "0.1.0", digest: "other" } }],
    ["another version of the suite", { suiteVersion: "0.2.0" }],
  ];
  for (const [what, more] of others) {
    it(`is another one for ${what}`, () => assert.notEqual(claimDigest({ ...run, ...more }), claimDigest(run)));
  }

  it("is nothing that a part of a run has", () => {
    assert.equal(digestOfWhole(run).digest, claimDigest(run));
    const parts = [
      { filter: "a" },
      { level: "answers" },
      { shard: { index: 1, count: 2 } },
      { cases: [run.cases[0]!] },
    ];
    for (const part of parts) assert.deepEqual(digestOfWhole({ ...run, ...part }), {});
  });
});
