import { cp, stat } from "node:fs/promises";
import path from "node:path";
import { filesBelow, inWords } from "./paths.mjs";

export async function run({ values: { from, to, existing = "replace" } }) {
  const source = path.resolve(from);
  const target = path.resolve(to);
  if (target === source || target.startsWith(source + path.sep)) throw new Error(`${to} lies in ${from} itself`);
  const count = (await filesBelow(source)).length;
  if (existing === "refuse" && (await exists(target))) throw new Error(`${to} is there already`);
  try {
    await cp(source, target, { recursive: true, force: existing === "replace", preserveTimestamps: true });
  } catch (error) {
    throw new Error(`${from} cannot be copied to ${to}: ${inWords(error)}`);
  }
  console.log(`copied ${count} ${count === 1 ? "file" : "files"} to ${to}`);
}

async function exists(target) {
  return stat(target).then(
    () => true,
    () => false,
  );
}
