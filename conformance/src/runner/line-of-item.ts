/** A string as a whole, or one character that opens, closes or parts: all that matters for where an item begins. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},]|[^\s"[\]{},]+/g;

/** The line, from 1, on which an item of a JSON array begins; the text has to be an array of more than `index` items. */
export function lineOfItem(text: string, index: number): number {
  let depth = 0;
  let items = 0;
  let begins = false;
  for (const { 0: token, index: at } of text.matchAll(TOKEN)) {
    if (begins && items === index) return text.slice(0, at).split("\n").length;
    begins = false;
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (depth !== 1) continue;
    if (token === ",") items += 1;
    begins = token === "," || token === "[";
  }
  return 1;
}
