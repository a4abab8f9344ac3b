import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Page } from "playwright-core";
import { matrixPage } from "../src/matrix/matrix-page.ts";
import { browserOfSuite } from "./browser-of-suite.ts";
import { AGREEING, DIFFERING, HOSTILE, sampleReport } from "./sample-report.ts";

describe("the matrix page and the detail of a cell", () => {
  const browser = browserOfSuite();
  const report = sampleReport();
  const html = matrixPage(report);

  it("opens by a click and closes by its button, and the cell has the focus again", async () => {
    const page = await browser.open(html);
    await buttonOf(page, AGREEING).click();
    await assertDetail(page, AGREEING);
    await page.getByRole("button", { name: "Close" }).click();
    await assertClosed(page);
    assert.equal(await focusedCell(page), AGREEING);
  });

  it("opens and closes by the keyboard alone, and the cell has the focus again", async () => {
    const page = await browser.open(html);
    for (let presses = 0; presses < 20 && (await focusedCell(page)) === null; presses += 1) {
      await page.keyboard.press("Tab");
    }
    const reached = await focusedCell(page);
    assert.ok(reached, "no cell is reached by Tab");
    await page.keyboard.press("Enter");
    await assertDetail(page, reached);
    await page.keyboard.press("Escape");
    await assertClosed(page);
    assert.equal(await focusedCell(page), reached);
  });

  it("shows what a peer wrote as text and as nothing else", async () => {
    const page = await browser.open(html);
    await buttonOf(page, DIFFERING).click();
    await assertDetail(page, DIFFERING);
    const text = (await page.locator("#detail").textContent()) ?? "";
    assert.equal(text.split(HOSTILE).length - 1, 3); // observed, the difference, the peer; in a message its quotes are escaped
    assert.equal(await page.locator(".escaped, #detail img").count(), 0);
  });

  for (const [spelling, hash] of [
    ["as the page writes it", encodeURIComponent(AGREEING)],
    ["as a person types it", AGREEING],
  ] as const) {
    it(`opens by the address of a cell, ${spelling}, and the cell has the focus after it`, async () => {
      const page = await browser.open(html, { hash });
      await assertDetail(page, AGREEING);
      await page.keyboard.press("Escape");
      await assertClosed(page);
      assert.equal(await focusedCell(page), AGREEING);
    });
  }

  it("has the address of the open cell, to be passed on", async () => {
    const page = await browser.open(html);
    await buttonOf(page, AGREEING).click();
    const again = await browser.open(html, { hash: new URL(page.url()).hash.slice(1) });
    await assertDetail(again, AGREEING);
  });

  it("follows an address that changes while the page is open", async () => {
    const page = await browser.open(html, { hash: encodeURIComponent(AGREEING) });
    await page.goto(`${page.url().split("#")[0]}#${encodeURIComponent(DIFFERING)}`);
    await assertDetail(page, DIFFERING);
  });

  for (const hash of ["nothing/of/the/sort", "%", "%E0%A4%A"]) {
    it(`opens nothing for an address of no cell: #${hash}`, async () => {
      const page = await browser.open(html, { hash });
      assert.equal(await page.locator("#detail").isVisible(), false);
      assert.equal(await page.locator("td button").count(), report.cells.length);
    });
  }

  /** The detail is open, has the focus inside, and tells of this cell its outcome, its clauses in words and all that went over the wire. */
  async function assertDetail(page: Page, id: string): Promise<void> {
    const result = report.cells.find((candidate) => candidate.id === id);
    assert.ok(result);
    const detail = page.getByRole("dialog", { name: id.replaceAll("/", " · ") });
    await detail.waitFor();
    const text = (await detail.textContent()) ?? "";
    for (const words of [result.expected.because, result.observed.words, result.difference ?? ""]) {
      assert.ok(text.includes(words), words);
    }
    const quoted = await detail.locator("blockquote").allInnerTexts();
    assert.deepEqual(
      quoted,
      result.expected.clauses.map((clause) => `${clause} ${report.clauses[clause]}`),
    );
    const wire = await detail.locator("ol li").allInnerTexts();
    assert.equal(wire.length, result.transcript.length);
    for (const [index, { peer, method, message }] of result.transcript.entries()) {
      for (const words of [peer, method, JSON.stringify(message)]) assert.ok(wire[index]?.includes(words), words);
    }
    assert.equal(await detail.locator(":focus").count(), 1);
  }
});

function buttonOf(page: Page, id: string) {
  return page.locator(`button[data-cell="${id}"]`);
}

async function focusedCell(page: Page): Promise<string | null> {
  const cells = page.locator("td button:focus");
  return (await cells.count()) === 1 ? cells.getAttribute("data-cell") : null;
}

async function assertClosed(page: Page): Promise<void> {
  await page.locator("#detail").waitFor({ state: "hidden" });
  await page.waitForFunction("location.hash === ''"); // the event of closing comes a moment after it
}
