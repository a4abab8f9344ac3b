import type { Page } from "playwright-core";

/** Every element that can be scrolled sideways, as a selector. */
export function wideElements(page: Page): Promise<string[]> {
  return page.locator(":root").evaluate((root): string[] => {
    const styleOf = root.ownerDocument.defaultView.getComputedStyle;
    const all = Array.from(root.querySelectorAll("*"), (element: typeof root) => element);
    return all
      .filter(
        (element) =>
          ["auto", "scroll"].includes(styleOf(element).overflowX) && element.scrollWidth > element.clientWidth,
      )
      .map((element) => `${element.localName}.${element.className}`);
  });
}

/** How wide the page itself is, in CSS pixels: more than the screen where it can be scrolled sideways. */
export function widthOfPage(page: Page): Promise<number> {
  return page.locator(":root").evaluate((root): number => root.scrollWidth);
}
