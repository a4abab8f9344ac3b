import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { reportPage } from "../src/report/report-page.ts";
import type { Outcome } from "../src/runner/outcome.ts";
import { browserOfSuite } from "./browser-of-suite.ts";
import { contrastOf } from "./contrast.ts";
import { SAMPLE_IDS, sampleResults } from "./sample-results.ts";
import { wideElements, widthOfPage } from "./width.ts";

/** What WCAG 2.2 asks of text of normal size, level AA. */
const LEAST_CONTRAST = 4.5;

/** The width of a small phone, in CSS pixels. */
const NARROW = 360;

const MIXED: readonly Outcome[] = ["fail", "warn", "blocked", "pass", "not-applicable", "observed", "flaky"];

describe("the look of the report page", () => {
  const browser = browserOfSuite();
  const html = reportPage(sampleResults(MIXED, [42, 51]));

  for (const [what, hash] of [
    ["as it opens", undefined],
    ["with a failing case open", SAMPLE_IDS[0]],
  ] as const) {
    it(`scrolls nothing sideways on a narrow screen, ${what}`, async () => {
      const page = await browser.open(html, { width: NARROW, hash });
      if (hash !== undefined) await page.locator(`details.case[data-case="${hash}"] .body`).waitFor();
      assert.deepEqual(await wideElements(page), []);
      assert.equal(await widthOfPage(page), NARROW);
    });
  }

  const chips = ["good", "bad", "doubt", "none"].flatMap((look) => [`.counts button.${look}`, `span.chip.${look}`]);
  const others = [
    "h1",
    "#verdict",
    "#meaning",
    "#gate",
    "#count",
    "label",
    "select",
    "input",
    "form button",
    "summary",
    "code",
  ];
  const inCase = [
    "blockquote",
    "blockquote span",
    ".result dt",
    ".result dd",
    ".wire .at",
    ".wire b",
    ".wire pre",
    ".repro code",
    ".repro button",
    ".brief",
    ".also a",
  ];
  for (const colorScheme of ["light", "dark"] as const) {
    it(`has enough contrast where it is ${colorScheme}`, async () => {
      const page = await browser.open(html, { colorScheme, hash: SAMPLE_IDS[0] });
      await page.getByRole("button", { name: "Show everything" }).click();
      for (const selector of [...chips, ...others, ...inCase]) {
        const contrast = await contrastOf(page.locator(selector).first());
        assert.ok(contrast >= LEAST_CONTRAST, `${selector}: ${contrast.toFixed(2)}`);
      }
    });
  }

  it("says without JavaScript where the results are", () => {
    assert.match(html, /<noscript>.*JSON file/);
  });
});
