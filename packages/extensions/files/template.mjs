import { readText, writeText } from "./text.mjs";

export async function run({ values: { template, to, set = [] } }) {
  const values = new Map(set.map(splitPair));
  const missing = new Set();
  const used = new Set();
  const text = (await readText(template)).replaceAll(/\{\{([A-Za-z0-9_.-]+)\}\}/g, (_, name) => {
    used.add(name);
    if (!values.has(name)) missing.add(name);
    return values.get(name);
  });
  if (missing.size > 0) throw new Error(`${template} needs a value for ${[...missing].join(", ")}`);
  const unused = [...values.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`${template} has no place for ${unused.join(", ")}`);
  await writeText(to, text);
  console.log(`wrote ${to}`);
}

function splitPair(pair) {
  const equals = pair.indexOf("=");
  if (equals < 1) throw new Error(`set takes NAME=value, not "${pair}"`);
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}
