import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Page } from "playwright-core";
import { reportPage } from "../src/report/report-page.ts";
import type { Outcome } from "../src/runner/outcome.ts";
import { browserOfSuite } from "./browser-of-suite.ts";
import { HOSTILE } from "./sample-report.ts";
import { SAMPLE_IDS, sampleRepro, sampleResults } from "./sample-results.ts";

const HUNDRED: readonly Outcome[] = Array.from({ length: 100 }, () => "fail");
const [FAILING, PASSING] = [SAMPLE_IDS[0]!, SAMPLE_IDS[100]!];

describe("the report page and its cases", () => {
  const browser = browserOfSuite();
  const results = sampleResults(HUNDRED);
  const html = reportPage(results);

  it("tells of a failing case its clauses in words, expected, actual, cause, the wire and the line that repeats it", async () => {
    const page = await browser.open(html);
    await summaryOf(page, FAILING).click();
    const record = results.runs[0]!.cases.find(({ id }) => id === FAILING)!;
    const body = page.locator(`details.case[data-case="${FAILING}"] .body`);
    assert.deepEqual(
      await body.locator("blockquote").allInnerTexts(),
      record.clauses.map(({ id, sentence, page: on }) => `${id} ${sentence} ${on}`),
    );
    const text = (await body.textContent()) ?? "";
    const { expected, actual, hint, code } = record.failure!;
    for (const words of [expected, actual, hint!, code, sampleRepro(FAILING)]) assert.ok(text.includes(words), words);
    const wire = await body.locator("ol.wire > li").allTextContents();
    assert.equal(wire.length, record.timeline.length);
    for (const [index, { atMs, peer, method, direction, message }] of record.timeline.entries()) {
      for (const words of [atMs.toFixed(1), peer, method, direction === "sent" ? "→ agent" : "← agent"]) {
        assert.ok(wire[index]?.includes(words), words);
      }
      const shown = typeof message === "string" ? message : JSON.stringify(message);
      assert.ok(wire[index]?.includes(shown.slice(0, 120)), shown);
    }
    assert.ok(text.includes("<redacted>"));
  });

  it("shows what a target wrote as text and as nothing else, with all cases open", async () => {
    const page = await browser.open(html);
    await page.getByRole("button", { name: "Open all shown" }).click();
    await page.waitForFunction("document.querySelectorAll('details.case .body').length === 100");
    assert.ok((await page.locator("#tree").textContent())?.includes(HOSTILE));
    assert.equal(await page.locator(".escaped, #tree img").count(), 0);
    assert.equal(new URL(page.url()).hash, "");
    await page.getByRole("button", { name: "Close all" }).click();
    assert.equal(await page.locator("details.case[open]").count(), 0);
  });

  it("opens and closes a case by the keyboard alone", async () => {
    const page = await browser.open(html);
    const focused = "document.activeElement?.closest('summary')?.id ?? ''";
    let reached = "";
    for (let presses = 0; presses < 40 && reached === ""; presses += 1) {
      await page.keyboard.press("Tab");
      reached = String(await page.evaluate(focused));
    }
    assert.notEqual(reached, "", "no case is reached by Tab");
    await page.keyboard.press("Enter");
    await page.locator(`details.case[data-case="${reached}"] .body`).waitFor();
    assert.equal(new URL(page.url()).hash, `#${reached}`);
    await page.keyboard.press("Enter");
    await page.waitForFunction("location.hash === ''");
  });

  it("copies the line that repeats a case, or selects it where it may not", async () => {
    const page = await browser.open(html, { hash: FAILING });
    const button = page.locator(`details.case[data-case="${FAILING}"] .repro button`);
    await button.click();
    await button.filter({ hasText: /Copied|Selected/ }).waitFor();
    if ((await button.textContent()) === "Copied") return;
    assert.equal(await page.evaluate("String(getSelection())"), sampleRepro(FAILING));
  });

  it("opens the case of its address, in sight and with the focus, even one that the filters hide", async () => {
    for (const id of [FAILING, PASSING]) {
      const page = await browser.open(html, { hash: id });
      await page.locator(`details.case[data-case="${id}"] .body`).waitFor();
      assert.equal(await page.evaluate("document.activeElement.id"), id);
      const box = await summaryOf(page, id).boundingBox();
      assert.ok(box && box.y >= 0 && box.y < 800, `${id} at ${box?.y}`);
    }
  });

  it("shows the clause of its address", async () => {
    const clause = results.runs[0]!.cases.find(({ id }) => id === PASSING)!.clauses[0]!.id;
    const page = await browser.open(html, { hash: clause });
    await page.locator(`section.clause[id="${clause}"]`).waitFor();
    assert.equal(await page.evaluate("document.activeElement.id"), clause);
  });

  for (const hash of ["nothing-of-the-sort", "%", "%E0%A4%A"]) {
    it(`opens nothing for an address of no case: #${hash}`, async () => {
      const page = await browser.open(html, { hash });
      assert.equal(await page.locator("details.case[open]").count(), 0);
      assert.ok((await page.locator("#count").textContent())?.startsWith("100 of"));
    });
  }

  it("leads from a case to its positive twin", async () => {
    const record = results.runs[0]!.cases.find(({ twin }) => twin !== undefined)!;
    const page = await browser.open(html, { hash: record.id });
    await page
      .locator(`details.case[data-case="${record.id}"] .body`)
      .getByRole("link", { name: record.twin, exact: true })
      .click();
    await page.locator(`details.case[data-case="${record.twin}"] .body`).waitFor();
  });
});

function summaryOf(page: Page, id: string) {
  return page.locator(`details.case[data-case="${id}"] > summary`);
}
