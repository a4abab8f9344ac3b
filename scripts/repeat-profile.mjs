// Runs the whole profile of agents from 49 on against the reference agent again and again, each time with a seed of its own, and compares the
// outcome of every case: `node scripts/repeat-profile.mjs 20`. Exits 0 only when every run is conformant, within 90 seconds, and like the first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BOUND_SECONDS = 90;
const runs = Number(process.argv[2] ?? 20);
if (!Number.isInteger(runs) || runs < 2) {
  console.error("how many runs? a whole number from 2 on");
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "berth-repeat-"));
const root = join(import.meta.dirname, "..");

function judgeOnce() {
  const json = join(folder, "results.json");
  const words = [
    "agent",
    "--json",
    json,
    "--junit",
    join(folder, "junit.xml"),
    "--events",
    join(folder, "events.jsonl"),
  ];
  const target = [
    "--html",
    join(folder, "report.html"),
    "--",
    "node",
    join(root, "agent-ref/bin/berth-agent.js"),
    "run",
  ];
  const beganMs = performance.now();
  const { status } = spawnSync("node", [join(root, "conformance/bin/berth-conformance.js"), ...words, ...target]);
  const seconds = (performance.now() - beganMs) / 1000;
  const [{ cases, seed }] = JSON.parse(readFileSync(json, "utf8")).runs;
  return { status, seconds, seed, outcomes: new Map(cases.map(({ id, outcome }) => [id, outcome])) };
}

let first;
let faults = 0;
for (let run = 1; run <= runs; run += 1) {
  const { status, seconds, seed, outcomes } = judgeOnce();
  first ??= outcomes;
  const differing = [...new Set([...first.keys(), ...outcomes.keys()])].filter(
    (id) => first.get(id) !== outcomes.get(id),
  );
  const problems = [
    ...(status === 0 ? [] : [`exit code ${status}`]),
    ...(seconds <= BOUND_SECONDS ? [] : [`longer than ${BOUND_SECONDS} s`]),
    ...differing.map((id) => `${id}: ${outcomes.get(id)}, first ${first.get(id)}`),
  ];
  if (problems.length > 0) faults += 1;
  console.log(
    `run ${run}, seed ${seed}: ${outcomes.size} cases in ${seconds.toFixed(1)} s${problems.map((each) => `\n  ${each}`).join("")}`,
  );
}
rmSync(folder, { recursive: true });
console.log(faults === 0 ? `${runs} runs, all alike` : `${faults} of ${runs} runs differ`);
process.exitCode = faults === 0 ? 0 : 1;
