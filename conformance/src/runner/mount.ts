import Mocha from "mocha";
import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { type CaseResult, isRed } from "./outcome.ts";

/** Thrown by a mounted test whose case ended red; its facts are in the result. */
export class RedCase extends Error {
  override readonly name = "RedCase";
}

/** What a mounted test does, and says when it is red. */
export interface MountedRun {
  run(id: string): Promise<CaseResult>;
  inWords(result: CaseResult): string;
}

/** Adds a test for every case to a suite of mocha, below a suite for each page of the specification and each topic. */
export function mountCases(
  root: Mocha.Suite,
  cases: readonly CaseRecord[],
  clauses: ClauseIndex,
  { run, inWords }: MountedRun,
): void {
  for (const record of cases) {
    const clause = clauses.get(record.clauses[0]);
    const page = childSuite(root, clause?.file ?? "");
    childSuite(page, clause?.topic ?? "").addTest(
      new Mocha.Test(testTitle(record.id, record.title), async function (this: Mocha.Context) {
        const result = await run(record.id);
        if (isRed(result.outcome) || result.outcome === "harness-error") throw new RedCase(inWords(result));
        if (result.outcome === "not-applicable") this.skip();
      }),
    );
  }
}

/** The id comes first, so that it can be read back. */
function testTitle(id: string, title: string): string {
  return `${id} ${title}`;
}

/** The case id of a mounted test. */
export function caseIdOf(test: { readonly title: string }): string {
  return test.title.split(" ", 1)[0] ?? "";
}

function childSuite(parent: Mocha.Suite, title: string): Mocha.Suite {
  return parent.suites.find((suite) => suite.title === title) ?? Mocha.Suite.create(parent, title);
}
