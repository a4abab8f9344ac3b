/** Where and why a text stops being JSON. */
export interface JsonFault {
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

/**
 * The first place at which `text`, which is no JSON, cannot go on to be JSON any more. JSON.parse names the place only in some of its
 * messages, so the longest beginning that ended too early, and was not wrong before, is looked for by halving.
 */
export function findJsonFault(text: string): JsonFault {
  let sound = 0;
  let unsound = text.length + 1;
  while (unsound - sound > 1) {
    const middle = (sound + unsound) >>> 1;
    if (endsTooEarly(text.slice(0, middle))) sound = middle;
    else unsound = middle;
  }
  const before = text.slice(0, sound).split("\n");
  const place = { line: before.length, column: before.at(-1)!.length + 1 };
  if (sound === text.length) return { ...place, problem: "it ends too early" };
  return { ...place, problem: `${JSON.stringify(text[sound])} is unexpected in column ${place.column}` };
}

/** Whether more text could make it JSON, or it is JSON already. */
function endsTooEarly(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = (error as Error).message;
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? message.startsWith("Unexpected end") : Number(position) >= beginning.length;
  }
}
