import Mocha from "mocha";
import type { CaseRecord } from "../case.ts";
import type { Catalogue } from "../cli/catalogue.ts";
import type { OpenedRun } from "../cli/opened-run.ts";
import { type CaseRunner, caseRunner } from "../runner/case-runner.ts";
import { EXIT } from "../runner/exit-code.ts";
import { applyKnownFailure, knownFailureProblems } from "../runner/known-failures.ts";
import { mountCases } from "../runner/mount.ts";
import type { CaseResult } from "../runner/outcome.ts";
import { type Selecting, selectCases } from "../runner/select-cases.ts";
import { judge } from "../runner/verdict.ts";
import { redCaseInWords } from "./red-case-in-words.ts";

/** What is mounted, before the target is attached to. */
export interface Mounting<Case extends CaseRecord> {
  readonly catalogue: readonly Case[];
  readonly clauses: Catalogue["clauses"];
  readonly selecting: Selecting;
  open(): Promise<OpenedRun<Case>>;
}

/** Adds to a suite of mocha: attaching, a test for each selected case, a test of what they amount to, and detaching. */
export function mountRun<Case extends CaseRecord>(suite: Mocha.Suite, mounting: Mounting<Case>): void {
  const { catalogue, clauses, selecting } = mounting;
  const { cases, reported, matched } = selectCases(catalogue, selecting);
  if (matched === 0) throw new Error(`the filter "${selecting.filter}" matches no case, so there is nothing to mount`);
  const byId = new Map(reported.map((each) => [each.id, each]));
  const results: CaseResult[] = [];
  const today = new Date().toISOString().slice(0, 10);
  let opened: OpenedRun<Case> | undefined;
  let runner: CaseRunner | undefined;

  suite.timeout(0); // every case has a bound of its own, stretched for this machine
  suite.beforeAll("attach to the target", async () => {
    opened = await mounting.open();
    runner = caseRunner({ ...opened.run, cases });
  });
  suite.afterAll("detach from the target", () => opened?.close());

  mountCases(suite, reported, clauses, {
    async run(id) {
      const { run } = attached();
      const result = applyKnownFailure(await runner!.resultOf(id), run.knownFailures, today);
      results.push(result);
      return result;
    },
    inWords: (result) => redCaseInWords(byId.get(result.id)!, result, attached().run, clauses),
  });
  // In a suite of its own, because mocha runs a suite's own tests before those of the suites in it.
  Mocha.Suite.create(suite, "verdict").addTest(new Mocha.Test("what the cases amount to", () => requireVerdict()));

  function attached(): OpenedRun<Case> {
    if (opened === undefined) throw new Error("the target is not attached to: the hook of the suite did not run");
    return opened;
  }

  function requireVerdict(): void {
    const { run } = attached();
    const narrowed = selecting.filter !== undefined || results.length < reported.length; // by mocha's --grep, say
    const partial = narrowed || selecting.levelIds !== undefined || selecting.shard !== undefined;
    const verdict = judge({
      results,
      knownFailureProblems: knownFailureProblems(run.knownFailures, results, catalogue, partial, today),
      filtered: narrowed,
      level: run.level,
      shard: selecting.shard,
      profile: run.profile,
    });
    if (verdict.exitCode !== EXIT.conformant) throw new Error(verdict.sentences.join("\n"));
  }
}
