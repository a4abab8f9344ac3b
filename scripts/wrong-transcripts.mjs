// Records what explain shows as wrong: a mutant of a reference for each clause, judged by the cases that are mainly about that clause. A
// case that has a wrong transcript keeps it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const mutants = resolve(process.argv[2] ?? "conformance/dist/mutants");
const transcripts = "conformance/transcripts";
const suite = "conformance/bin/berth-conformance.js";
/** Some cases can only fail by another clause than the one they are mainly about: no mutant of it shows them. */
const VAIN_MUTANTS_MAX = 2;
const vain = new Map();
const scratch = mkdtempSync(join(tmpdir(), "berth-wrong-"));

const { agentMutants } = await import(pathToFileURL(join(mutants, "agents/index.js")).href);
const { serverMutants } = await import(pathToFileURL(join(mutants, "servers/index.js")).href);

const cases = JSON.parse(spawnSync("node", [suite, "list", "--json"], { encoding: "utf8" }).stdout);

try {
  for (const mutant of agentMutants) record("agent", mutant, ["run", ...versionOf(mutant)]);
  for (const mutant of serverMutants) record("server", mutant, []);
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(`${cases.filter(isShown).length} of ${cases.length} cases show what is wrong`);

function record(end, { id, clause, breaks }, words) {
  const lacking = cases
    .filter(({ judges, clauses }) => judges === end && clauses[0] === clause)
    .filter((each) => !isShown(each));
  if (lacking.length === 0 || (vain.get(clause) ?? 0) >= VAIN_MUTANTS_MAX) return;
  const mutant = ["node", join(mutants, `run-${end}.js`), id, join(scratch, id), ...words];
  const line = ["record", end, "--wrong", "--filter", clause, "--to", transcripts, "--of", breaks, "--", ...mutant];
  const { stdout } = spawnSync("node", [suite, ...line], { encoding: "utf8" });
  if (lacking.every((each) => !isShown(each))) vain.set(clause, (vain.get(clause) ?? 0) + 1);
  console.log(`${clause} ${id}: ${stdout.split("\n", 1)[0]}`);
}

function isShown({ id }) {
  const path = join(transcripts, `${id}.json`);
  return existsSync(path) && "wrong" in JSON.parse(readFileSync(path, "utf8"));
}

function versionOf({ agentVersion }) {
  return agentVersion === undefined ? [] : ["--agent-version", String(agentVersion)];
}
