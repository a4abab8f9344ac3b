import type { ClauseLevel } from "../src/clauses/clause.ts";
import { readCatalogue } from "../src/cli/catalogue.ts";
import { type Results, resultsOf } from "../src/report/results.ts";
import type { ReportedCase, RunEvent } from "../src/report/run-event.ts";
import type { TranscriptEntry } from "../src/report/transcript.ts";
import type { Outcome } from "../src/runner/outcome.ts";
import { HOSTILE } from "./sample-report.ts";

/** No line can be broken inside it: what holds it has to break it. */
const UNBROKEN = "x".repeat(400);

const catalogue = readCatalogue();
const places = [...catalogue.clauses.keys()];

/** The ids of the sample's cases in the order in which they ran. */
export const SAMPLE_IDS = catalogue.agentCases.map(({ id }) => id);

/** The command line that repeats a case of the sample. */
export function sampleRepro(id: string): string {
  return `berth-conformance agent --filter ${id} --seed 5eed -- ./agent --name 'an agent'`;
}

/**
 * Results of all cases that judge an agent, made up: nothing was run. The outcomes are those of the first cases, the others pass; where an
 * agent failed, its texts are as bad as it can make them.
 */
export function sampleResults(outcomes: readonly Outcome[], versions: readonly number[] = [51]): Results {
  const red = outcomes.includes("fail");
  return resultsOf(
    versions.flatMap((version) => eventsOf(version, outcomes)),
    red ? 1 : 0,
    { required: 158, covered: 156, excused: 2, gaps: [] },
  );
}

function eventsOf(agentVersion: number, outcomes: readonly Outcome[]): RunEvent[] {
  const suite = "agent";
  const red = outcomes.includes("fail");
  return [
    {
      type: "run-started",
      suite,
      at: "2026-01-01T00:00:00.000Z",
      target: `./agent --as ${agentVersion} --name 'an agent'`,
      agentVersion,
      features: ["server-identity@1"],
      suiteVersion: "0.1.0",
      catalogue: { cases: catalogue.agentCases.length, digest: "0123456789ab" },
      profile: "agent-49",
      floor: 178,
      seed: "5eed",
      timeScale: 1,
      calibration: { roundTripMs: 0.1, timerLateMs: 1.2, stretch: 1 },
      caseCount: catalogue.agentCases.length,
    },
    ...SAMPLE_IDS.map(
      (id, index): RunEvent => ({ type: "case-ended", suite, case: caseOf(id, outcomes[index] ?? "pass") }),
    ),
    {
      type: "run-ended",
      suite,
      at: "2026-01-01T00:01:23.000Z",
      exitCode: red ? 1 : 0,
      sentences: [red ? "not conformant" : "conformant: 178 cases of required clauses ran (profile agent-49)"],
      knownFailureProblems: [],
    },
  ];
}

function caseOf(id: string, outcome: Outcome): ReportedCase {
  const record = catalogue.agentCases.find((each) => each.id === id)!;
  const clauses = record.clauses.map((clause) => {
    const { sentence, level, file: page, topic } = catalogue.clauses.get(clause)!;
    return { id: clause, sentence, level, page, topic, place: places.indexOf(clause) };
  });
  const { page, topic, place } = clauses[0]!;
  const explained = outcome !== "pass" && outcome !== "not-applicable";
  const failure = {
    code: "code-wrong",
    expected: `the code of ${id}`,
    actual: `${HOSTILE} ${UNBROKEN}\nand a second line`,
    hint: "the older mapping of codes",
  };
  return {
    id,
    title: record.title,
    level: clauses[0]!.level as ClauseLevel,
    outcome,
    durationMs: 12,
    clauses,
    page,
    topic,
    place,
    twin: record.twin,
    ...(explained ? { failure } : {}),
    ...(outcome === "not-applicable" ? { reason: "the agent does not serve zstd@1" } : {}),
    observations: [],
    timeline: explained ? timelineOf(id) : [],
    repro: sampleRepro(id),
  };
}

function timelineOf(id: string): TranscriptEntry[] {
  const long = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`field${index}`, `value ${index} of ${id}`]),
  );
  return [
    {
      atMs: 0.4,
      direction: "sent",
      peer: "server 127.0.0.2",
      method: "Negotiate",
      message: { product: "Sample", sessionToken: "<redacted>" },
    },
    {
      atMs: 3.25,
      direction: "received",
      peer: HOSTILE,
      method: "Negotiate",
      message: { text: HOSTILE, more: UNBROKEN },
    },
    { atMs: 12, direction: "received", peer: "server 127.0.0.2", method: "Sync/status", message: long },
    { atMs: 14, direction: "sent", peer: "server 127.0.0.2", method: "…", message: "600 messages left out" },
  ];
}
