// Which clauses a version of the specification requires, as a file for each version: the current one has to say what the pages say, and one
// that was released never changes again. `--write` writes the current one, unless it was released.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SPEC = join(import.meta.dirname, "..", "proto", "spec");
const { version } = JSON.parse(readFileSync(join(SPEC, "..", "package.json"), "utf8"));

function requiredClauses() {
  const required = {};
  for (const page of readdirSync(SPEC).filter((name) => name.endsWith(".md"))) {
    for (const [, id, sentence] of readFileSync(join(SPEC, page), "utf8").matchAll(/^\*\*([A-Z]+-\d{3})\*\* (.+)$/gm)) {
      const [, subject] = /^An? (agent|server|host)\b/.exec(sentence) ?? [];
      const [level] = /\b(?:MUST NOT|SHOULD NOT|MUST|SHOULD|MAY)\b/.exec(sentence) ?? [];
      if (level?.startsWith("MUST")) required[id] = `${subject} ${level}`;
    }
  }
  return Object.fromEntries(Object.entries(required).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const pathOf = (name) => `proto/spec/required/${name}`;
const textOf = (name) => readFileSync(join(SPEC, "required", name), "utf8");

/** The file as its release had it; undefined where there is no tag for it. */
function released(name) {
  const tag = `v${name.replace(/\.json$/, "")}`;
  try {
    return execFileSync("git", ["show", `${tag}:${pathOf(name)}`], {
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    });
  } catch {
    return undefined;
  }
}

const current = `${version}.json`;
const wanted = `${JSON.stringify({ version, clauses: requiredClauses() }, null, 2)}\n`;
if (process.argv.includes("--write") && released(current) === undefined)
  writeFileSync(join(SPEC, "required", current), wanted);

const files = readdirSync(join(SPEC, "required"));
const problems = files.flatMap((name) => {
  const before = released(name);
  return before === undefined || before === textOf(name) ? [] : [`${pathOf(name)} was released and has changed since`];
});
if (!files.includes(current))
  problems.push(`${pathOf(current)} is missing: run node scripts/check-required-clauses.mjs --write`);
else if (textOf(current) !== wanted) {
  problems.push(
    released(current) === undefined
      ? `${pathOf(current)} is not what the pages require: run node scripts/check-required-clauses.mjs --write`
      : `the pages require other clauses than ${version}, which was released: raise the version`,
  );
}
for (const problem of problems) console.error(problem);
console.log(`${Object.keys(requiredClauses()).length} required clauses in ${version}, ${files.length} versions`);
process.exitCode = problems.length === 0 ? 0 : 1;
