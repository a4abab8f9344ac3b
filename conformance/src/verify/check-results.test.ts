import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { readCatalogue } from "../cli/catalogue.ts";
import { gateOf } from "../cli/gate.ts";
import { claimDigest } from "../report/claim-digest.ts";
import { countOutcomes, type Results } from "../report/results.ts";
import { suiteVersion } from "../report/suite-version.ts";
import { checkResults } from "./check-results.ts";
import { claimText } from "./claim-text.ts";
import { type EditableResults, edited, madeUpResults } from "./made-up-results.ts";
import type { OwnSuite } from "./own-suite.ts";

/** A case of every agent, of a MUST. */
const REQUIRED = "handshake-answered";
/** One on which many others rest. */
const TWIN = "path-allowed";

type Edit = (copy: EditableResults) => void;

describe("checkResults", function () {
  this.timeout(60_000);
  let own: OwnSuite;
  let honest: Results;
  before(async () => {
    const catalogue = readCatalogue();
    own = { version: suiteVersion(), gate: gateOf(catalogue), ...catalogue };
    honest = await madeUpResults();
  });

  const check = (results: Results) => checkResults(results, own);

  it("finds nothing in the results of a conformant run, and its claim says what was judged by what", () => {
    assert.deepEqual(check(honest), { otherSuite: [], differences: [], shortcomings: [] });
    const [run] = honest.runs;
    const text = claimText(run!).join("\n");
    assert.match(text, /^conformant: agent 51, \.\/agent\n/);
    for (const part of [run!.digest, run!.seed, run!.at, run!.suiteVersion, run!.profile, "0 failed"]) {
      assert.ok(text.includes(part!), `${part} in ${text}`);
    }
  });

  it("finds the same digest in two runs with the same outcomes", async () => {
    const other = await madeUpResults({ seed: "abc", target: "/somewhere/else" });
    assert.equal(other.runs[0]?.digest, honest.runs[0]?.digest);
    const red = await madeUpResults({ failing: [REQUIRED] });
    assert.notEqual(red.runs[0]?.digest, honest.runs[0]?.digest);
  });

  it("believes a run that is not conformant and says so", async () => {
    const { differences, shortcomings } = check(await madeUpResults({ failing: [REQUIRED] }));
    assert.deepEqual(differences, []);
    assert.match(shortcomings.join("\n"), /^agent: not conformant, and it says so: .*handshake-answered \[fail\]/);
  });

  it("names known failures in the claim", async () => {
    const entry = { case: REQUIRED, code: "code-wrong", reason: "it is old", issue: "#12", expires: "2999-01-01" };
    const red = await madeUpResults({ failing: [REQUIRED] });
    const blocked = red.runs[0]!.cases.filter(({ outcome }) => outcome === "blocked").map(({ id }) => ({
      ...entry,
      case: id,
      code: "blocked",
    }));
    const results = await madeUpResults({ failing: [REQUIRED], knownFailures: [entry, ...blocked] });
    assert.deepEqual(check(results), { otherSuite: [], differences: [], shortcomings: [] });
    const text = claimText(results.runs[0]!).join("\n");
    assert.match(text, new RegExp(`^conformant, but for ${1 + blocked.length} known failures: agent 51`));
    assert.match(text, /known failure +handshake-answered \(code-wrong\): it is old \(#12, until 2999-01-01\)/);
  });

  it("takes no part of a run for a claim", async () => {
    const parts: [Edit, RegExp][] = [
      [(copy) => (copy.runs[0]!.filter = "HS"), /^agent: it was filtered \(--filter HS\)/],
      [(copy) => (copy.runs[0]!.level = "answers"), /narrowed to the level answers/],
      [
        (copy) => (copy.runs[0]!.shard = { index: 1, count: 2 }),
        /shard 1\/2 alone: join all shards with berth-conformance merge/,
      ],
    ];
    for (const [edit, line] of parts) assert.match(check(edited(honest, edit)).shortcomings.join("\n"), line);
    assert.deepEqual((await madeUpResults({ filter: "HS-012" })).runs[0]?.digest, undefined);
  });

  it("says which suite can verify what another one judged", () => {
    const others: [Edit, RegExp][] = [
      [
        (copy) => (copy.runs[0]!.suiteVersion = "9.8.7"),
        /^agent: it was judged by version 9\.8\.7 .*: verify it with 9\.8\.7$/,
      ],
      [(copy) => (copy.runs[0]!.catalogue.digest = "0123"), /by other cases \(0123\) .*verify it with the build/],
      [(copy) => (copy.runs[0]!.specification!.digest = "0123"), /another specification \(.*, 0123\)/],
      [(copy) => delete copy.runs[0]!.specification, /another specification \(not stated/],
    ];
    for (const [edit, line] of others) {
      const { otherSuite, differences } = check(edited(honest, edit));
      assert.match(otherSuite.join("\n"), line);
      assert.deepEqual(differences, []);
    }
  });

  const caseIn = (copy: EditableResults, id = REQUIRED) => copy.runs[0]!.cases.find((each) => each.id === id)!;
  /** Makes every figure fit again, as somebody would who hides something. */
  const mend = (copy: EditableResults) => {
    const [run] = copy.runs;
    run!.counts = countOutcomes(run!.cases);
    copy.counts = run!.counts;
    run!.digest = claimDigest(run!);
  };
  const mended =
    (edit: Edit): Edit =>
    (copy) => {
      edit(copy);
      mend(copy);
    };

  const falsehoods: [string, Edit, RegExp][] = [
    [
      "a case left out",
      mended((copy) => (copy.runs[0]!.cases = copy.runs[0]!.cases.filter(({ id }) => id !== REQUIRED))),
      /^agent: handshake-answered: the case is missing$/m,
    ],
    [
      "a case twice",
      mended((copy) => copy.runs[0]!.cases.push(caseIn(copy))),
      /handshake-answered: the case is there 2 times/,
    ],
    [
      "a case that there is not",
      mended((copy) => copy.runs[0]!.cases.push({ ...caseIn(copy), id: "x" })),
      /x: there is no such case/,
    ],
    [
      "an outcome edited alone",
      (copy) => (caseIn(copy).outcome = "not-applicable"),
      /the count of pass is \d+, and should be \d+[\s\S]*the digest is/,
    ],
    [
      "a required case that only warns",
      mended((copy) => (caseIn(copy).outcome = "warn")),
      /handshake-answered: it cannot end as warn, because its clauses say MUST/,
    ],
    [
      "a level lowered",
      mended((copy) => (caseIn(copy).level = "MAY")),
      /handshake-answered: "level" is "MAY", and should be "MUST"/,
    ],
    [
      "a clause's sentence rewritten",
      (copy) => (caseIn(copy).clauses[0]!.sentence = "An agent MAY."),
      /handshake-answered: "clauses" is .*An agent MAY/,
    ],
    [
      "a twin taken away",
      (copy) => delete copy.runs[0]!.cases.find(({ twin }) => twin !== undefined)!.twin,
      /"twin" is not stated, and should be/,
    ],
    [
      "an observation of a case that just passed",
      (copy) => caseIn(copy).observations.push("it hums"),
      /ended as pass, and has observations/,
    ],
    [
      "an observed case without an observation",
      mended((copy) => (caseIn(copy).outcome = "observed")),
      /ended as observed, and has no observation/,
    ],
    [
      "a case of another dialect passed",
      mended(
        (copy) =>
          (copy.runs[0]!.cases.find(({ reason }) => reason?.startsWith("it is about the dialect"))!.outcome = "pass"),
      ),
      /cannot end as pass, because it is about the dialect/,
    ],
    ["counts of a run", (copy) => (copy.runs[0]!.counts.pass += 1), /^agent: the count of pass is/m],
    [
      "counts of all runs",
      (copy) => (copy.counts = { ...copy.counts, fail: 7 }),
      /^all runs: the count of fail is 7, and should be 0$/m,
    ],
    [
      "the number of executed required cases",
      (copy) => (copy.runs[0]!.executedRequired += 1),
      /executed required cases is/,
    ],
    ["a lowered floor", (copy) => (copy.runs[0]!.floor = 1), /the floor of the profile agent-49 is 1, and should be/],
    [
      "the profile of a level",
      mended((copy) => Object.assign(copy.runs[0]!, { profile: "agent-49-answers", floor: 7 })),
      /the profile is agent-49-answers, and of an agent 51 agent-49 or agent-49-by-address/,
    ],
    [
      "a profile by address, and cases that need more",
      mended((copy) => (copy.runs[0]!.profile = "agent-49-by-address")),
      /cannot end as pass, because the attachment cannot/,
    ],
    [
      "the digest",
      (copy) => (copy.runs[0]!.digest = "0".repeat(64)),
      /the digest is "0{64}", and should be "[0-9a-f]{64}"/,
    ],
    ["no digest", (copy) => delete copy.runs[0]!.digest, /the digest is not stated/],
    [
      "the verdict in words",
      (copy) => (copy.runs[0]!.sentences = ["splendid"]),
      /the verdict in words is \["splendid"\]/,
    ],
    ["the exit code of all runs", (copy) => (copy.exitCode = 3), /the exit code of all runs is 3, and should be 0/],
    ["the number of cases", (copy) => (copy.runs[0]!.catalogue.cases = 3), /the number of cases to choose from is 3/],
    ["the name of the run", (copy) => (copy.runs[0]!.label = "x"), /the list of the names of runs is/],
    [
      "the gate of clauses",
      (copy) => (copy.clauseGate = { required: 1, covered: 1, excused: 0, gaps: [] }),
      /what the cases cover of the clauses is/,
    ],
  ];
  for (const [what, edit, line] of falsehoods) {
    it(`names the difference: ${what}`, () => assert.match(check(edited(honest, edit)).differences.join("\n"), line));
  }

  const whitewashed: [string, Edit, RegExp][] = [
    [
      "a failure called a pass",
      mended((copy) => (caseIn(copy).outcome = "pass")),
      /handshake-answered: it is said to have ended as pass, and has a failure: code-wrong/,
    ],
    [
      "a failure without its reason",
      mended((copy) => delete caseIn(copy).failure),
      /ended as fail, and has no failure/,
    ],
    ["an exit code of 0", (copy) => (copy.runs[0]!.exitCode = 0), /the exit code is 0, and should be 1/],
    [
      "a blocked case called a pass",
      mended((copy) => Object.assign(copy.runs[0]!.cases.find(({ twin }) => twin === TWIN)!, { outcome: "pass" })),
      /cannot end as pass, because its positive twin path-allowed ended as fail/,
    ],
  ];
  for (const [what, edit, line] of whitewashed) {
    it(`names the difference in red results: ${what}`, async () => {
      const red = await madeUpResults({ failing: [REQUIRED, TWIN] });
      assert.match(check(edited(red, edit)).differences.join("\n"), line);
    });
  }

  it("finds no claim where no run is, or where a target was not reached", () => {
    const none = { ...honest, runs: [], counts: countOutcomes([]) };
    assert.match(check({ ...none, exitCode: 3 }).shortcomings.join(), /there is no run in it/);
    assert.match(
      check({ ...honest, exitCode: 5, unreached: ["nobody answers"] }).shortcomings.join(),
      /nobody answers/,
    );
  });

  it("can be asked of one run alone, for which another's shortcomings do not count", async () => {
    const red = await madeUpResults({ failing: [REQUIRED], target: "./red" });
    const runs = [
      { ...honest.runs[0]!, label: "agent 51" },
      { ...red.runs[0]!, label: "agent 51 (2)" },
    ];
    const both: Results = { ...honest, exitCode: 1, runs, counts: countOutcomes(runs.flatMap(({ cases }) => cases)) };
    assert.deepEqual(checkResults(both, own, "agent 51"), { otherSuite: [], differences: [], shortcomings: [] });
    assert.equal(checkResults(both, own).shortcomings.length, 1);
    const unreached: Results = { ...both, exitCode: 5, unreached: ["nobody answers"] };
    assert.deepEqual(checkResults(unreached, own, "agent 51").shortcomings, []);
    assert.equal(checkResults(unreached, own).shortcomings.length, 2);
  });
});
