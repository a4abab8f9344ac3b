import type { Locator } from "playwright-core";

/** Red, green and blue, each from 0 to 255. */
type Color = readonly [number, number, number];

/**
 * The contrast between the text of an element and what is behind it, from the computed styles: from 1 to 21, as WCAG 2.2 defines the
 * contrast ratio.
 *
 * @throws {RangeError} when one of the two is not an opaque colour: what shines through would have to be mixed in.
 */
export async function contrastOf(element: Locator): Promise<number> {
  const [ink, paper] = await element.evaluate((start): [string, string] => {
    const styleOf = start.ownerDocument.defaultView.getComputedStyle;
    let behind = start;
    while (styleOf(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
    return [styleOf(start).color, styleOf(behind).backgroundColor];
  });
  const [darker, lighter] = [luminanceOf(colorOf(ink)), luminanceOf(colorOf(paper))].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

function colorOf(computed: string): Color {
  const found = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(computed);
  if (found === null) throw new RangeError(`not an opaque colour: ${computed}`);
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** Relative luminance, from 0 for black to 1 for white. */
function luminanceOf(color: Color): number {
  const [red, green, blue] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
