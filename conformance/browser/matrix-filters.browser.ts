import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Page } from "playwright-core";
import type { Cell } from "../src/matrix/cell.ts";
import { matrixPage } from "../src/matrix/matrix-page.ts";
import type { CellResult } from "../src/matrix/run-cell.ts";
import { browserOfSuite } from "./browser-of-suite.ts";
import { DIFFERING, sampleReport } from "./sample-report.ts";

describe("the matrix page and its filters", () => {
  const browser = browserOfSuite();
  const report = sampleReport();
  const html = matrixPage(report);

  it("shows every cell, their number, and that one differs", async () => {
    const page = await browser.open(html);
    await assertShown(page, report.cells);
    assert.equal(
      await page.locator("#verdict").textContent(),
      `1 of ${report.cells.length} cells differs from the clauses.`,
    );
    const marked = page.locator("td.differs button");
    assert.deepEqual(await marked.allTextContents(), ["✗ shared"]);
    assert.equal(await marked.getAttribute("data-cell"), DIFFERING);
  });

  it("says that all is well where nothing differs", async () => {
    const cells = report.cells.filter(({ agrees }) => agrees);
    const page = await browser.open(matrixPage({ ...report, cells }));
    assert.equal(await page.locator("#verdict").textContent(), `All ${cells.length} cells are as the clauses say.`);
  });

  it("does not call a matrix without a cell conformant", async () => {
    const page = await browser.open(matrixPage({ ...report, cells: [] }));
    assert.equal(await page.locator("#verdict").textContent(), "No cell was run.");
  });

  const of = (keep: (cell: Cell) => boolean) => report.cells.filter(({ cell }) => keep(cell));
  const settings: [string, string, readonly CellResult[]][] = [
    ["Product", "Otter 2.2.10", of(({ product, productVersion }) => `${product} ${productVersion}` === "Otter 2.2.10")],
    ["Dialect", "shared (to 43)", of(({ agentVersion }) => agentVersion <= 43)],
    ["Dialect", "instance-id (44 to 46)", of(({ agentVersion }) => agentVersion >= 44 && agentVersion <= 46)],
    ["Dialect", "automatic (from 49)", of(({ agentVersion }) => agentVersion >= 49)],
    ["Servers", "one address", of(({ constellation }) => constellation === "one address")],
    ["InstanceId", "one of two", of(({ instanceIds }) => instanceIds === "one of two")],
    ["server-identity", "without", of(({ serverIdentity }) => !serverIdentity)],
    ["server-identity", "with", of(({ serverIdentity }) => serverIdentity)],
    ["Outcome", "isolated", report.cells.filter(({ observed }) => observed.outcome === "isolated")],
    ["Outcome", "shared", report.cells.filter(({ observed }) => observed.outcome === "shared")],
    ["Outcome", "refused", report.cells.filter(({ observed }) => observed.outcome === "refused")],
    ["Outcome", "differs", report.cells.filter(({ agrees }) => !agrees)],
  ];
  for (const [filter, value, expected] of settings) {
    it(`shows exactly the cells of ${filter}: ${value}, and all again without it`, async () => {
      assert.ok(expected.length > 0 && expected.length < report.cells.length);
      const page = await browser.open(html);
      await filterOf(page, filter).selectOption({ label: value });
      await assertShown(page, expected);
      await filterOf(page, filter).selectOption({ label: "all" });
      await assertShown(page, report.cells);
    });
  }

  it("shows what fits all filters at once", async () => {
    const page = await browser.open(html);
    await filterOf(page, "Product").selectOption("Another 1.0");
    await filterOf(page, "Outcome").selectOption("refused");
    const both = report.cells.filter(
      ({ cell, observed }) => cell.product === "Another" && observed.outcome === "refused",
    );
    assert.ok(both.length > 0);
    await assertShown(page, both);
  });

  it("says so where no cell fits", async () => {
    const page = await browser.open(html);
    await filterOf(page, "Dialect").selectOption("shared");
    await filterOf(page, "Outcome").selectOption("refused");
    await assertShown(page, []);
    assert.equal(await page.locator("table").isVisible(), false);
    assert.match((await page.locator("#count").textContent()) ?? "", /no cell/i);
  });
});

function filterOf(page: Page, name: string) {
  return page.getByRole("combobox", { name, exact: true });
}

async function assertShown(page: Page, expected: readonly CellResult[]): Promise<void> {
  const buttons = page.locator("td button");
  const ids = await buttons.evaluateAll((all): string[] => all.map((button) => button.dataset.cell));
  assert.deepEqual(ids.toSorted(), expected.map(({ id }) => id).toSorted());
  const total = sampleReport().cells.length;
  assert.ok((await page.locator("#count").textContent())?.startsWith(`${expected.length} of ${total} cells`));
}
