import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { CaseContext, CaseRecord } from "../case.ts";
import { parseClauses } from "../clauses/parse-clauses.ts";
import { type EventLog, openEventLog } from "../report/event-log.ts";
import { transcriptEntryFormat } from "../report/format/case-format.ts";
import { eventFormat } from "../report/format/event-format.ts";
import { resultsFormat } from "../report/format/results-format.ts";
import { resultsOf } from "../report/results.ts";
import type { CaseScope } from "./case-scope.ts";
import { ConformanceFailure, TargetUnreachable } from "./failure.ts";
import type { KnownFailure } from "./known-failures-file.ts";
import { OUTCOMES } from "./outcome.ts";
import { runSuite, type SuiteRun } from "./run-suite.ts";

interface FakeCase extends CaseRecord {
  run(context: CaseContext): Promise<void>;
}

const clauses = new Map(
  parseClauses("page.md", "## Topic\n\n**A-001** An agent MUST stop.\n\n**A-002** An agent SHOULD rest.\n").map(
    (clause) => [clause.id, clause],
  ),
);

function fake(id: string, run: FakeCase["run"], more: Partial<FakeCase> = {}): FakeCase {
  return { id, clauses: ["A-001"], title: "an agent stops", run, ...more };
}

const keeps = async () => undefined;
const breaks = async () => {
  throw new ConformanceFailure({ code: "did-not-stop", expected: "it to stop", actual: "it went on" });
};

describe("runSuite", () => {
  let folder: string;
  let log: EventLog;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-run-"));
    log = openEventLog(join(folder, "events.jsonl"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(catalogue: readonly FakeCase[], more: Partial<SuiteRun<FakeCase>> & { dead?: string } = {}) {
    const { dead, ...rest } = more;
    const verdict = await runSuite<FakeCase>({
      suite: "agent",
      catalogue,
      clauses,
      surroundings: {
        run: { seed: "5eed", nonce: "abc", timeScale: 1, packages: [] },
        longestMs: () => 5_000,
        inapplicable: (record) =>
          record.features?.length ? `the agent does not serve ${record.features[0]}` : undefined,
        perform: (record, scope) => record.run(scope.context),
        dead: async () => dead,
      },
      profile: { name: "test", floor: 1 },
      jobs: 2,
      knownFailures: [],
      log,
      target: "fake",
      calibration: { roundTripMs: 1, timerLateMs: 1, stretch: 1 },
      repro: (id) => `again ${id}`,
      ...rest,
    });
    const written = JSON.parse(JSON.stringify(resultsOf(log.events, verdict.exitCode))) as unknown;
    const results = resultsFormat.parse(written).runs.at(-1)!; // whatever these tests make happen is what the published schema says
    const lines = readFileSync(join(folder, "events.jsonl"), "utf8").trimEnd().split("\n");
    for (const line of lines) eventFormat.parse(JSON.parse(line));
    const outcomes = Object.fromEntries(results.cases.map((each) => [each.id, each.outcome]));
    return { verdict, results, outcomes };
  }

  it("is conformant, exit 0, when every case passes and the floor is reached", async () => {
    const { verdict, outcomes } = await run([fake("stops", keeps)]);
    assert.deepEqual(outcomes, { stops: "pass" });
    assert.equal(verdict.exitCode, 0);
  });

  it("is not conformant, exit 1, when a required case fails, and says how", async () => {
    const { verdict, results } = await run([fake("stops", breaks)]);
    assert.equal(verdict.exitCode, 1);
    assert.equal(results.cases[0]?.outcome, "fail");
    assert.equal(results.cases[0]?.failure?.code, "did-not-stop");
    assert.equal(results.cases[0]?.repro, "again stops");
    assert.equal(results.cases[0]?.clauses[0]?.sentence, "An agent MUST stop.");
  });

  it("says the likely cause of a failure where it knows one, and the case's own before that", async () => {
    const facts = { code: "not-refused", expected: "a refusal", actual: "an answer" };
    const { results } = await run([
      fake("silent", async () => {
        throw new ConformanceFailure(facts);
      }),
      fake("telling", async () => {
        throw new ConformanceFailure({ ...facts, hint: "the gate is open" });
      }),
      fake("strange", breaks),
    ]);
    const hints = Object.fromEntries(results.cases.map(({ id, failure }) => [id, failure?.hint]));
    assert.match(hints.silent ?? "", /the check is missing/);
    assert.deepEqual([hints.telling, hints.strange], ["the gate is open", undefined]);
  });

  it("quotes the clause that was broken where it is none of the case's", async () => {
    const { results } = await run([
      fake("stops", async () => {
        throw new ConformanceFailure({ code: "x", clause: "A-002", expected: "a rest", actual: "none" });
      }),
    ]);
    assert.equal(results.cases[0]?.brokenClause?.sentence, "An agent SHOULD rest.");
    assert.deepEqual(
      results.cases[0]?.clauses.map(({ id }) => id),
      ["A-001"],
    );
  });

  it("writes a trace of every case that is executed, whole and without secrets", async () => {
    const traceDir = join(folder, "traces");
    const many = 500;
    const send = async (scope: CaseScope) => {
      for (let index = 0; index < many; index += 1) {
        scope.transcript.record("sent", "server", "Data", {
          index,
          sessionToken: "secret",
          list: Array(40).fill(index),
        });
      }
    };
    const surroundings = {
      run: { seed: "5eed", nonce: "abc", timeScale: 1, packages: [] },
      longestMs: () => 5_000,
      inapplicable: (record: FakeCase) => (record.features ? "it is not served" : undefined),
      perform: (_: FakeCase, scope: CaseScope) => send(scope),
    };
    const { outcomes } = await run([fake("stops", keeps), fake("zips", keeps, { features: ["zstd@1"] })], {
      surroundings,
      traceDir,
      agentVersion: 51,
    });
    assert.deepEqual(outcomes, { stops: "pass", zips: "not-applicable" });
    assert.deepEqual(readdirSync(traceDir, { recursive: true }), ["agent-51", join("agent-51", "stops.jsonl")]);
    const text = readFileSync(join(traceDir, "agent-51", "stops.jsonl"), "utf8");
    const entries = text
      .trimEnd()
      .split("\n")
      .map((line) => transcriptEntryFormat.parse(JSON.parse(line)));
    assert.equal(entries.length, many);
    assert.deepEqual(entries[300]?.message, { index: 300, sessionToken: "<redacted>", list: Array(40).fill(300) });
    assert.ok(!text.includes("secret"));

    await run([fake("stops", keeps)], { surroundings, traceDir, agentVersion: 51 });
    assert.ok(
      existsSync(join(traceDir, "agent-51-2", "stops.jsonl")),
      "a second agent of the version has its own folder",
    );
  });

  it("ends each case in one of ten ways", async () => {
    let tries = 0;
    const entry = { code: "did-not-stop", reason: "r", issue: "i", expires: "9999-12-31" };
    const cases = [
      fake("passes", keeps),
      fake("is-observed", async (context) => context.observe("it hums")),
      fake("fails", breaks),
      fake("warns", breaks, { clauses: ["A-002"] }),
      fake("does-not-apply", keeps, { features: ["zstd@1"] }),
      fake("is-blocked", keeps, { twin: "fails" }),
      fake("fails-as-expected", breaks),
      fake("passes-unexpectedly", keeps),
      fake("is-flaky", async () => void (await (++tries === 1 ? breaks() : keeps())), { timed: true }),
      fake("slips", async () => {
        throw new TypeError("undefined is not a function");
      }),
    ];
    const known = [
      { case: "fails-as-expected", ...entry },
      { case: "passes-unexpectedly", ...entry },
    ];
    const { outcomes } = await run(cases, { knownFailures: known });
    assert.deepEqual(outcomes, {
      passes: "pass",
      "is-observed": "observed",
      fails: "fail",
      warns: "warn",
      "does-not-apply": "not-applicable",
      "is-blocked": "blocked",
      "fails-as-expected": "expected-failure",
      "passes-unexpectedly": "unexpected-pass",
      "is-flaky": "flaky",
      slips: "harness-error",
    });
    assert.deepEqual(Object.values(outcomes).toSorted(), OUTCOMES.toSorted());
  });

  it("warns where only a recommendation is not followed, and stays conformant", async () => {
    const { verdict, outcomes } = await run([fake("stops", keeps), fake("rests", breaks, { clauses: ["A-002"] })]);
    assert.deepEqual(outcomes, { stops: "pass", rests: "warn" });
    assert.equal(verdict.exitCode, 0);
  });

  it("records what the specification leaves open as observed", async () => {
    const { verdict, results } = await run([fake("stops", async (context) => context.observe("it hums"))]);
    assert.equal(results.cases[0]?.outcome, "observed");
    assert.deepEqual(results.cases[0]?.observations, ["it hums"]);
    assert.equal(verdict.exitCode, 0);
  });

  it("leaves out what does not apply, by feature or by the case's own word", async () => {
    const { outcomes } = await run([
      fake("stops", keeps),
      fake("zips", keeps, { features: ["zstd@1"] }),
      fake("flies", async (context) => context.notApplicable("it has no wings")),
    ]);
    assert.deepEqual(outcomes, { stops: "pass", zips: "not-applicable", flies: "not-applicable" });
  });

  it("runs a twin first, and blocks what rests on one that fails, which is red", async () => {
    const { verdict, outcomes } = await run([fake("refuses", keeps, { twin: "accepts" }), fake("accepts", breaks)]);
    assert.deepEqual(outcomes, { accepts: "fail", refuses: "blocked" });
    assert.equal(verdict.exitCode, 1);
  });

  it("does not count against a target that a twin is not applicable to it", async () => {
    const { verdict, outcomes } = await run([
      fake("stops", keeps),
      fake("accepts", keeps, { features: ["zstd@1"] }),
      fake("refuses", keeps, { twin: "accepts" }),
    ]);
    assert.deepEqual(outcomes, { stops: "pass", accepts: "not-applicable", refuses: "not-applicable" });
    assert.equal(verdict.exitCode, 0);
  });

  it("fails a negative case after which the agent is dead", async () => {
    const cases = [fake("accepts", keeps), fake("refuses", keeps, { twin: "accepts" })];
    const { verdict, results, outcomes } = await run(cases, { dead: "connection refused" });
    assert.deepEqual(outcomes, { accepts: "pass", refuses: "fail" });
    assert.equal(results.cases[1]?.failure?.code, "not-alive");
    assert.equal(verdict.exitCode, 1);
  });

  it("calls a timed case flaky that passes when it is repeated alone", async () => {
    let tries = 0;
    const sometimes = async () => {
      tries += 1;
      if (tries === 1) await breaks();
    };
    const { verdict, outcomes } = await run([fake("stops", sometimes, { timed: true })]);
    assert.deepEqual(outcomes, { stops: "flaky" });
    assert.equal(verdict.exitCode, 0);
  });

  it("repeats a timed case with other random numbers and another nonce, so that it does not meet what the first try left", async () => {
    const tries: { random: number; nonce: string }[] = [];
    const perform = async (_record: FakeCase, { context, nonce }: CaseScope) => {
      tries.push({ random: context.random(), nonce });
      await breaks();
    };
    const surroundings = {
      run: { seed: "5eed", nonce: "abc", timeScale: 1, packages: [] },
      longestMs: () => 5_000,
      inapplicable: () => undefined,
      perform,
    };
    await run([fake("slow", keeps, { timed: true })], { surroundings });
    const [first, second] = tries;
    assert.equal(tries.length, 2);
    assert.notEqual(first?.random, second?.random);
    assert.notEqual(first?.nonce, second?.nonce);
  });

  it("believes a timed case that fails twice, and any other that fails once", async () => {
    let tries = 0;
    const counted = async () => {
      tries += 1;
      await breaks();
    };
    const { outcomes } = await run([fake("slow", counted, { timed: true }), fake("plain", counted)]);
    assert.deepEqual(outcomes, { slow: "fail", plain: "fail" });
    assert.equal(tries, 3);
  });

  it("fails a case that does not end", async () => {
    const { results } = await run([fake("stops", () => new Promise(() => undefined))], {
      surroundings: {
        run: { seed: "5eed", nonce: "abc", timeScale: 0.1, packages: [] },
        longestMs: () => 20,
        inapplicable: () => undefined,
        perform: (record, scope) => record.run(scope.context),
      },
    });
    assert.equal(results.cases[0]?.failure?.code, "case-timed-out");
  });

  it("begins no case before one that ran out of time has stopped, and leaves nothing that one opened afterwards", async () => {
    const events: string[] = [];
    const late = Promise.withResolvers<void>();
    const { outcomes } = await run(
      [
        fake("late", async (context) => {
          context.onEnd(() => late.resolve());
          await late.promise;
          await setTimeout(100);
          events.push("the late one goes on");
          context.onEnd(() => void events.push("what it opened is closed"));
        }),
        fake("next", async () => void events.push("the next one begins")),
      ],
      {
        jobs: 1,
        surroundings: {
          run: { seed: "5eed", nonce: "abc", timeScale: 1, packages: [] },
          longestMs: () => 20,
          inapplicable: () => undefined,
          perform: (record, scope) => record.run(scope.context),
        },
      },
    );
    assert.deepEqual(outcomes, { late: "fail", next: "pass" });
    assert.deepEqual(events, ["the late one goes on", "what it opened is closed", "the next one begins"]);
  });

  it("fails a case during which the target cannot be started again", async () => {
    const { results } = await run([
      fake("restarts", async () => {
        throw new TargetUnreachable("the port stays closed");
      }),
    ]);
    assert.equal(results.cases[0]?.failure?.code, "target-unreachable");
  });

  it("blames itself, exit 4, for an error that says nothing about the target", async () => {
    const { verdict, outcomes } = await run([
      fake("stops", keeps),
      fake("slips", async () => {
        throw new TypeError("undefined is not a function");
      }),
    ]);
    assert.deepEqual(outcomes, { stops: "pass", slips: "harness-error" });
    assert.equal(verdict.exitCode, 4);
  });

  it("says not conformant, exit 1, where something is proven and the suite is at fault besides", async () => {
    const slip = async () => {
      throw new TypeError("undefined is not a function");
    };
    const { verdict } = await run([fake("stops", breaks), fake("slips", slip)]);
    assert.equal(verdict.exitCode, 1);
  });

  it("is no green, exit 3, when fewer required cases ran than the floor asks for", async () => {
    const cases = [fake("stops", keeps), fake("rests", keeps, { clauses: ["A-002"] })];
    const { verdict } = await run(cases, { profile: { name: "test", floor: 2 } });
    assert.equal(verdict.exitCode, 3);
    assert.match(verdict.sentences.join(), /only 1 cases of required clauses ran; profile test asks for 2/);
  });

  it("is no green, exit 3, when the filter matches nothing", async () => {
    const { verdict, outcomes } = await run([fake("stops", keeps)], { filter: "nothing-like-it" });
    assert.deepEqual(outcomes, {});
    assert.equal(verdict.exitCode, 3);
    assert.match(verdict.sentences.join(), /the filter "nothing-like-it" matches no case/);
  });

  it("says of a filtered run that it proves nothing, and takes a twin along", async () => {
    const cases = [fake("accepts", keeps), fake("refuses", keeps, { twin: "accepts" }), fake("stops", breaks)];
    const { verdict, outcomes } = await run(cases, { filter: "refuses", profile: { name: "test", floor: 9 } });
    assert.deepEqual(outcomes, { accepts: "pass", refuses: "pass" });
    assert.equal(verdict.exitCode, 0);
    assert.match(verdict.sentences.join(), /filtered run, proves nothing about conformance/);
  });

  describe("of a shard", () => {
    const cases = ["accepts", "refuses", "stops"].map((id) =>
      fake(id, keeps, id === "refuses" ? { twin: "accepts" } : {}),
    );
    const part = (index: number, count: number, more = cases) =>
      run(more, { shard: { index, count }, profile: { name: "test", floor: 99 } });

    it("judges its own cases alone, and leaves the floor to whoever joins the shards", async () => {
      const { verdict, outcomes, results } = await part(2, 3);
      assert.deepEqual(outcomes, { refuses: "pass" });
      assert.equal(verdict.exitCode, 0);
      assert.match(
        verdict.sentences.join(),
        /shard 2\/3: its 1 cases show nothing against the target; .*berth-conformance merge/,
      );
      assert.deepEqual([results.shard, results.profile, results.caseCount], [{ index: 2, count: 3 }, "test", 1]);
    });

    it("blocks a case whose twin fails, though the twin is another shard's to report", async () => {
      const failing = cases.map((each) => (each.id === "accepts" ? { ...each, run: breaks } : each));
      const { verdict, outcomes } = await part(2, 3, failing);
      assert.deepEqual(outcomes, { refuses: "blocked" });
      assert.equal(verdict.exitCode, 1);
      assert.deepEqual((await part(1, 3, failing)).outcomes, { accepts: "fail" });
    });

    it("is no green, exit 3, when there are more shards than cases", async () => {
      const { verdict } = await part(4, 4);
      assert.equal(verdict.exitCode, 3);
      assert.match(verdict.sentences.join(), /shard 4\/4 is empty, because there are fewer cases than shards/);
    });

    it("leaves entries of known failures alone that are another shard's", async () => {
      const known = { case: "stops", code: "did-not-stop", reason: "r", issue: "i", expires: "9999-12-31" };
      const { verdict } = await run(cases, { shard: { index: 1, count: 3 }, knownFailures: [known] });
      assert.equal(verdict.exitCode, 0);
    });
  });

  describe("of a level", () => {
    const cases = [fake("stops", keeps), fake("flies", breaks)];
    const level = { name: "walks", next: "runs", ids: new Set(["stops"]) };

    it("judges its cases, and says that it is not conformance and what comes next", async () => {
      const { verdict, outcomes, results } = await run(cases, { level });
      assert.deepEqual(outcomes, { stops: "pass" });
      assert.equal(verdict.exitCode, 0);
      assert.match(
        verdict.sentences.join("\n"),
        /level walks is reached: 1 cases .*\na level is a step on the way and not conformance; next is --level runs/,
      );
      assert.equal(results.level, "walks");
    });

    it("says after the last that conformance is next", async () => {
      const { verdict } = await run(cases, { level: { ...level, next: undefined } });
      assert.match(verdict.sentences.join("\n"), /next is conformance: the same run without --level/);
    });

    it("is red when a case of it fails, and no green when too little of it ran", async () => {
      const red = await run([fake("stops", breaks)], { level });
      assert.deepEqual([red.verdict.exitCode, red.verdict.sentences.at(-1)], [1, "level walks is not reached"]);
      const short = await run(cases, { level, profile: { name: "test-walks", floor: 2 } });
      assert.equal(short.verdict.exitCode, 3);
    });
  });

  it("does the work that is owed at the end in reverse, and gives each case a directory that is gone afterwards", async () => {
    const done: string[] = [];
    const { outcomes } = await run([
      fake("stops", async (context) => {
        context.onEnd(() => void done.push("first"));
        context.onEnd(() => void done.push("second"));
        done.push(context.directory);
        await breaks();
      }),
    ]);
    assert.deepEqual(outcomes, { stops: "fail" });
    assert.deepEqual(done.slice(1), ["second", "first"]);
    assert.throws(() => rmSync(done[0]!), /ENOENT/);
  });

  it("gives a case the same numbers again for the same seed", async () => {
    const drawn: number[] = [];
    const draw = fake("draws", async (context) => void drawn.push(context.random(), context.random()));
    await run([draw]);
    await run([draw]);
    assert.deepEqual(drawn.slice(0, 2), drawn.slice(2));
    assert.notEqual(drawn[0], drawn[1]);
  });

  describe("with known failures", () => {
    const known = (more: Partial<KnownFailure> = {}): KnownFailure => ({
      case: "stops",
      code: "did-not-stop",
      reason: "it cannot yet",
      issue: "https://issues.example/1",
      expires: "9999-12-31",
      ...more,
    });

    it("expects the failure that is known", async () => {
      const { verdict, outcomes } = await run([fake("stops", breaks)], { knownFailures: [known()] });
      assert.deepEqual(outcomes, { stops: "expected-failure" });
      assert.equal(verdict.exitCode, 0);
    });

    it("is red when the case passes", async () => {
      const { verdict, outcomes } = await run([fake("stops", keeps)], { knownFailures: [known()] });
      assert.deepEqual(outcomes, { stops: "unexpected-pass" });
      assert.equal(verdict.exitCode, 1);
    });

    it("is red when it fails with another code", async () => {
      const { verdict, outcomes } = await run([fake("stops", breaks)], { knownFailures: [known({ code: "other" })] });
      assert.deepEqual(outcomes, { stops: "fail" });
      assert.match(verdict.sentences.join(), /fails with did-not-stop, not with other/);
      assert.equal(verdict.exitCode, 1);
    });

    it("is red when the entry has expired", async () => {
      const { verdict, outcomes } = await run([fake("stops", breaks)], {
        knownFailures: [known({ expires: "2000-01-01" })],
      });
      assert.deepEqual(outcomes, { stops: "fail" });
      assert.match(verdict.sentences.join(), /expired on 2000-01-01/);
      assert.equal(verdict.exitCode, 1);
    });

    it("is red when there is no such case, or the case is not applicable", async () => {
      const cases = [fake("stops", keeps), fake("zips", keeps, { features: ["zstd@1"] })];
      const gone = await run(cases, { knownFailures: [known({ case: "gone" })] });
      assert.match(gone.verdict.sentences.join(), /gone is stale: there is no such case/);
      const inapplicable = await run(cases, { knownFailures: [known({ case: "zips" })] });
      assert.match(inapplicable.verdict.sentences.join(), /zips is stale: it is not applicable/);
      assert.deepEqual([gone.verdict.exitCode, inapplicable.verdict.exitCode], [1, 1]);
    });

    it("leaves entries alone that a filter left out", async () => {
      const cases = [fake("stops", breaks), fake("rests", keeps)];
      const { verdict } = await run(cases, { knownFailures: [known()], filter: "rests" });
      assert.equal(verdict.exitCode, 0);
    });
  });
});
