import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Page } from "playwright-core";
import { reportPage } from "../src/report/report-page.ts";
import { resultsOf } from "../src/report/results.ts";
import type { ReportedCase } from "../src/report/run-event.ts";
import type { Outcome } from "../src/runner/outcome.ts";
import { browserOfSuite } from "./browser-of-suite.ts";
import { SAMPLE_IDS, sampleResults } from "./sample-results.ts";

const HUNDRED: readonly Outcome[] = Array.from({ length: 100 }, () => "fail");
const MIXED: readonly Outcome[] = ["fail", "warn", "blocked", "pass", "not-applicable", "observed", "flaky"];

describe("the report page and its filters", () => {
  const browser = browserOfSuite();
  const results = sampleResults(MIXED);
  const html = reportPage(results);
  const { cases } = results.runs[0]!;

  it("begins with what needs attention, a hundred failures too, and shows the rest when asked", async () => {
    const page = await browser.open(reportPage(sampleResults(HUNDRED)));
    await assertShown(page, SAMPLE_IDS.slice(0, 100));
    assert.equal(await page.locator("#verdict").textContent(), "Not conformant");
    await page.getByRole("button", { name: "Show everything" }).click();
    await assertShown(page, SAMPLE_IDS);
  });

  it("says that all is well where nothing needs attention, and shows everything by page", async () => {
    const page = await browser.open(reportPage(sampleResults([])));
    assert.equal(await page.locator("#verdict").textContent(), "Conformant");
    await assertShown(page, SAMPLE_IDS);
    assert.equal(await page.locator("details.page[open]").count(), 0);
    assert.deepEqual(
      await page.locator("details.page").evaluateAll((all): string[] => all.map((each) => each.dataset.page)),
      [
        ...new Set(
          results.runs[0]!.cases.flatMap((each) => each.clauses)
            .sort((a, b) => a.place - b.place)
            .map((clause) => clause.page),
        ),
      ],
    );
    assert.equal(await page.locator(".run-filter").isVisible(), false);
  });

  it("does not call anything conformant where nothing ran, and says why", async () => {
    const unreached = ["127.0.0.1:1 does not answer"];
    const page = await browser.open(reportPage({ ...resultsOf([], 5), unreached }));
    assert.equal(await page.locator("#verdict").textContent(), "Not shown: a target could not be reached");
    assert.deepEqual(await page.locator("#why li").allTextContents(), unreached);
    assert.equal(await page.locator("#count").textContent(), "0 of 0 cases: nothing ran");
  });

  it("does not call a narrowed run conformant", async () => {
    const [run] = sampleResults([]).runs;
    const page = await browser.open(reportPage({ ...sampleResults([]), runs: [{ ...run!, filter: "HS-*" }] }));
    assert.match((await page.locator("#verdict").textContent()) ?? "", /conformance is not proven/);
  });

  const of = (keep: (each: ReportedCase) => boolean) => cases.filter(keep).map(({ id }) => id);
  const somewhere = cases[40]!;
  const settings: [string, string, readonly string[]][] = [
    ...["fail", "warn", "blocked", "not-applicable", "observed", "flaky", "pass"].map(
      (outcome): [string, string, readonly string[]] => ["Outcome", outcome, of((each) => each.outcome === outcome)],
    ),
    ["Level", "MUST NOT", of(({ level }) => level === "MUST NOT")],
    ["Page", somewhere.page, of(({ clauses }) => clauses.some(({ page }) => page === somewhere.page))],
  ];
  for (const [filter, value, expected] of settings) {
    it(`shows exactly the cases of ${filter}: ${value}`, async () => {
      assert.ok(expected.length > 0 && expected.length < cases.length);
      const page = await browser.open(html);
      await page.getByRole("button", { name: "Show everything" }).click();
      await page.getByRole("combobox", { name: filter, exact: true }).selectOption(value);
      await assertShown(page, expected);
    });
  }

  it("finds by text: an id, a clause, a word of a sentence, and what the target did", async () => {
    const page = await browser.open(html);
    await page.getByRole("button", { name: "Show everything" }).click();
    const box = page.getByRole("searchbox", { name: "Text" });
    for (const [text, expected] of [
      [somewhere.id.toUpperCase(), of(({ id }) => id.includes(somewhere.id))],
      ["and a second line", of((each) => each.failure !== undefined)],
      ["HS-001", of(({ clauses }) => clauses.some(({ id }) => id === "HS-001"))],
    ] as const) {
      await box.fill(text);
      await page.waitForFunction(`document.getElementById("count").textContent.startsWith("${expected.length} of")`);
      await assertShown(page, expected);
    }
    await box.fill("there is no such word");
    await assertShown(page, []);
    assert.match((await page.locator("#count").textContent()) ?? "", /no case fits/);
  });

  it("shows several runs in one page, and one of them when asked", async () => {
    const several = sampleResults(MIXED, [42, 46, 51]);
    const page = await browser.open(reportPage(several), { hash: SAMPLE_IDS[0] });
    assert.equal(await page.locator("article.run").count(), 3);
    const parts = page.locator(`details.case[data-case="${SAMPLE_IDS[0]}"] .result:visible`);
    assert.equal(await parts.count(), 3);
    await page.getByRole("combobox", { name: "Run", exact: true }).selectOption("agent 46");
    assert.equal(await parts.count(), 1);
    assert.match((await parts.textContent()) ?? "", /agent 46/);
  });

  it("narrows to what is counted when a count is pressed", async () => {
    const page = await browser.open(html);
    await page.getByRole("button", { name: /1 blocked/ }).click();
    await assertShown(
      page,
      of(({ outcome }) => outcome === "blocked"),
    );
  });
});

/** The cases that no filter hides, the count, and that no clause or page without a case is left over where something is narrowed. */
async function assertShown(page: Page, expected: readonly string[]): Promise<void> {
  const ids = await page
    .locator("details.case")
    .evaluateAll((all): string[] => all.filter((each) => !each.hidden).map((each) => each.dataset.case));
  assert.deepEqual(ids.toSorted(), expected.toSorted());
  assert.ok(
    (await page.locator("#count").textContent())?.startsWith(`${expected.length} of ${SAMPLE_IDS.length} cases`),
  );
  const empty = page.locator("details.page:not([hidden]):not(:has(.clause:not([hidden])))");
  assert.equal(await empty.count(), 0);
}
