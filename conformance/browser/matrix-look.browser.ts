import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { matrixPage } from "../src/matrix/matrix-page.ts";
import { browserOfSuite } from "./browser-of-suite.ts";
import { contrastOf } from "./contrast.ts";
import { DIFFERING, sampleReport } from "./sample-report.ts";
import { wideElements, widthOfPage } from "./width.ts";

/** What WCAG 2.2 asks of text of normal size, level AA. */
const LEAST_CONTRAST = 4.5;

/** The width of a small phone, in CSS pixels. */
const NARROW = 360;

describe("the look of the matrix page", () => {
  const browser = browserOfSuite();
  const html = matrixPage(sampleReport());

  it("scrolls nothing but the table sideways on a narrow screen", async () => {
    const page = await browser.open(html, { width: NARROW });
    assert.deepEqual(await wideElements(page), ["section.scroll"]);
    assert.equal(await widthOfPage(page), NARROW);
  });

  it("scrolls nothing sideways in the detail of a cell on a narrow screen", async () => {
    const page = await browser.open(html, { width: NARROW, hash: encodeURIComponent(DIFFERING) });
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(await wideElements(page), ["section.scroll"]);
    assert.equal(await widthOfPage(page), NARROW);
  });

  it("keeps a cell that is reached by the keyboard clear of the row's heading", async () => {
    const page = await browser.open(html, { width: NARROW });
    const row = page.locator("tr", { has: page.locator("td button") }).first();
    await row.locator("button").last().focus();
    await page.keyboard.press("Shift+Tab");
    for (let presses = 0; presses < 6; presses += 1) {
      const [heading, cell] = [await row.locator("th").boundingBox(), await row.locator("button:focus").boundingBox()];
      assert.ok(heading && cell);
      assert.ok(
        cell.x >= heading.x + heading.width - 1,
        `at ${cell.x}, behind the heading to ${heading.x + heading.width}`,
      );
      await page.keyboard.press("Shift+Tab");
    }
  });

  it("keeps the way out of a long detail in sight", async () => {
    const page = await browser.open(html, { width: NARROW, hash: encodeURIComponent(DIFFERING) });
    await page.locator("#detail li").last().scrollIntoViewIfNeeded();
    const scrolled = await page.locator("#detail").evaluate((detail) => detail.scrollTop);
    assert.ok(scrolled > 0, "the detail is not long");
    const button = await page.getByRole("button", { name: "Close" }).boundingBox();
    assert.ok(button && button.y >= 0 && button.y + button.height <= 800);
  });

  const outcomes = ["isolated", "shared", "refused"].flatMap((outcome) => [`td.${outcome} button`, `dt.${outcome}`]);
  const others = ["h1", "#verdict", "#count", "label", "select", "td.differs button", "tbody th", "td.none", "#close"];
  const inDetail = ["#detail h2", "#detail dt", "#detail dd", "#detail blockquote", "#detail li", "#detail li b"];
  for (const colorScheme of ["light", "dark"] as const) {
    it(`has enough contrast where it is ${colorScheme}`, async () => {
      const page = await browser.open(html, { colorScheme, hash: encodeURIComponent(DIFFERING) });
      for (const selector of [...outcomes, ...others, ...inDetail]) {
        const contrast = await contrastOf(page.locator(selector).first());
        assert.ok(contrast >= LEAST_CONTRAST, `${selector}: ${contrast.toFixed(2)}`);
      }
    });
  }
});
