// package-lock.json must install from any registry, on any system, and run only the install scripts somebody decided on.
import { readFileSync } from "node:fs";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const { packages } = read("../package-lock.json");
const { allowScripts } = read("../package.json");
const problems = [];

function isLocked(from, name) {
  const folders = from.split(/(?=\/node_modules\/)/).map((_, i, parts) => parts.slice(0, i + 1).join(""));
  return ["", ...folders].some((folder) => packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]);
}

for (const [path, entry] of Object.entries(packages)) {
  const name = entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  if (entry.resolved?.includes("://")) problems.push(`${path} names a host: ${entry.resolved}`);
  if (entry.hasInstallScript && !Object.hasOwn(allowScripts, name)) {
    problems.push(`${path} has an install script: run \`npm install-scripts approve ${name}\`, or deny`);
  }
  for (const optional of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isLocked(path, optional)) problems.push(`${optional} is missing: run \`node scripts/complete-lockfile.mjs\``);
  }
}

for (const problem of problems) console.error(problem);
console.log(`${Object.keys(packages).length} packages locked`);
process.exitCode = problems.length > 0 ? 1 : 0;
