import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, afterEach, before } from "mocha";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** How long an element that a test waits for may take. */
const PATIENCE_MS = 10_000;

/** How a page is looked at. */
interface Look {
  /** In CSS pixels. */
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  /** What follows `#` in the address, as it stands there. */
  readonly hash?: string;
}

/** A browser that lives as long as a suite. */
export interface SuiteBrowser {
  /** Opens a page from disk, as a person does who double-clicks the file. */
  open(html: string, look?: Look): Promise<Page>;
}

/**
 * Starts the browser that `CHROMIUM` names before the suite and stops it after. Every test of the suite also fails when its page logged an
 * error, threw one, or asked for anything but itself.
 */
export function browserOfSuite(): SuiteBrowser {
  let browser: Browser;
  let context: BrowserContext | undefined;
  let directory: string;
  const complaints: string[] = [];

  before(async () => {
    const executablePath = process.env.CHROMIUM;
    assert.ok(executablePath, "CHROMIUM names no browser: run these tests by `make browser`");
    directory = await mkdtemp(join(tmpdir(), "berth-browser-"));
    browser = await chromium.launch({ executablePath });
  });

  afterEach(async () => {
    await context?.close();
    context = undefined;
    assert.deepEqual(complaints.splice(0), []);
  });

  after(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  return {
    async open(html, { width = 1280, colorScheme = "light", hash } = {}) {
      const file = join(directory, "page.html");
      await writeFile(file, html);
      const address = pathToFileURL(file).href;
      context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("dialog", (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
      page.on("request", (request) => {
        if (request.url().split("#")[0] !== address) complaints.push(`a request for ${request.url()}`);
      });
      await page.goto(hash === undefined ? address : `${address}#${hash}`);
      return page;
    },
  };
}
