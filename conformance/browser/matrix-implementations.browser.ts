import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Page } from "playwright-core";
import { matrixPage } from "../src/matrix/matrix-page.ts";
import { browserOfSuite } from "./browser-of-suite.ts";
import { contrastOf } from "./contrast.ts";
import { AGENTS, sampleOfSeveral, sampleReport } from "./sample-report.ts";
import { wideElements, widthOfPage } from "./width.ts";

describe("the matrix page and several implementations", () => {
  const browser = browserOfSuite();
  const report = sampleOfSeveral();
  const html = matrixPage(report);
  const of = (key: "server" | "agent", name: string) => report.cells.filter(({ cell }) => cell[key] === name);

  it("has the agents across and the servers down, each by its name", async () => {
    const page = await browser.open(html);
    const headings = (await page.locator("tr.product").allInnerTexts()).map((text) => text.split(/\t/));
    const agents = ["reference 49", "reference 51", "plain 49", "dead 49"];
    assert.deepEqual(headings, [
      ["reference: Another 1.0", ...agents],
      ["mine: Another 1.0", ...agents],
    ]);
    assert.deepEqual(await shownIn(page), report.cells.map(({ id }) => id).toSorted());
  });

  for (const name of AGENTS) {
    it(`shows exactly the cells of the agent ${name}, and all again without the filter`, async () => {
      const page = await browser.open(html);
      await filterOf(page, "Agent implementation").selectOption(name);
      assert.deepEqual(
        await shownIn(page),
        of("agent", name)
          .map(({ id }) => id)
          .toSorted(),
      );
      await filterOf(page, "Agent implementation").selectOption("all");
      assert.equal((await shownIn(page)).length, report.cells.length);
    });
  }

  it("shows exactly the cells of a server", async () => {
    const page = await browser.open(html);
    await filterOf(page, "Server implementation").selectOption("mine");
    assert.deepEqual(
      await shownIn(page),
      of("server", "mine")
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  it("offers no implementation where there is one of each", async () => {
    const page = await browser.open(matrixPage(sampleReport()));
    for (const name of ["Agent implementation", "Server implementation"]) {
      assert.equal(await filterOf(page, name).count(), 0, name);
    }
    assert.equal(await page.getByRole("option", { name: "not applicable" }).count(), 0);
  });

  it("counts the cells of one that was not run as different, and says why in their detail", async () => {
    const dead = of("agent", "dead");
    const page = await browser.open(html);
    assert.equal(
      await page.locator("#verdict").textContent(),
      `${dead.length} of ${report.cells.length} cells differ from the clauses.`,
    );
    assert.equal(await page.locator("td.differs").count(), dead.length);
    await page.locator("td.differs button").first().click();
    const detail = page.getByRole("dialog", { name: dead[0]?.id.replaceAll("/", " · ") ?? "" });
    const text = (await detail.textContent()) ?? "";
    assert.ok(text.includes(dead[0]?.difference ?? ""), text);
    assert.equal(await page.locator(".escaped, #detail img").count(), 0);
  });

  it("counts what is not applicable neither as agreeing nor as different", async () => {
    const cells = report.cells.filter(({ cell }) => cell.agent === "plain");
    const page = await browser.open(matrixPage({ ...report, cells }));
    assert.equal(
      await page.locator("#verdict").textContent(),
      `${cells.length / 2} cells are as the clauses say, ${cells.length / 2} are not applicable.`,
    );
    await filterOf(page, "Outcome").selectOption("not applicable");
    const without = cells.filter(({ notApplicable }) => notApplicable !== undefined);
    assert.deepEqual(await shownIn(page), without.map(({ id }) => id).toSorted());
    await page.locator("td.not-applicable button").first().click();
    assert.match((await page.getByRole("dialog").textContent()) ?? "", /not applicableit lacks the feature/);
    const none = await browser.open(matrixPage({ ...report, cells: without }));
    assert.equal(await none.locator("#verdict").textContent(), `None of ${without.length} cells is applicable.`);
  });

  it("scrolls nothing but the table sideways on a narrow screen", async () => {
    const page = await browser.open(html, { width: 360 });
    assert.deepEqual(await wideElements(page), ["section.scroll"]);
    assert.equal(await widthOfPage(page), 360);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has enough contrast in what only it has where it is ${colorScheme}`, async () => {
      const page = await browser.open(html, { colorScheme });
      for (const selector of ["td.not-applicable button", "td.unclear button", "label:not([hidden])"]) {
        const contrast = await contrastOf(page.locator(selector).first());
        assert.ok(contrast >= 4.5, `${selector}: ${contrast.toFixed(2)}`);
      }
    });
  }
});

function filterOf(page: Page, name: string) {
  return page.getByRole("combobox", { name, exact: true });
}

async function shownIn(page: Page): Promise<string[]> {
  const ids = await page.locator("td button").evaluateAll((all): string[] => all.map((button) => button.dataset.cell));
  return ids.toSorted();
}
