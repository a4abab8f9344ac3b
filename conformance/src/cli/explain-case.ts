import type { AgentCase, CaseRecord, ServerCase } from "../case.ts";
import { dialectsInWords } from "../dialect.ts";
import { caseLevel } from "../runner/case-level.ts";
import { readFailureCodes } from "../runner/failure-codes.ts";
import { levelsOfCases } from "../runner/level.ts";
import { recordingLines } from "../transcripts/recording-lines.ts";
import { readTranscript, type TranscriptFile } from "../transcripts/transcript-file.ts";
import type { Catalogue } from "./catalogue.ts";
import { placeOf } from "./explain-clause.ts";

/** Everything about one case: its clauses, what it needs, its twin, how to run it, and what right and wrong look like. */
export function explainCase(catalogue: Catalogue, record: AgentCase | ServerCase): string {
  const { agentCases, serverCases } = catalogue;
  const judges = agentCases.some((each) => each.id === record.id) ? "agent" : "server";
  const twin = [...agentCases, ...serverCases].find((each) => each.id === record.twin);
  const transcript = readTranscript(record.id);
  return [
    `${record.id}: ${record.title}`,
    "",
    ...clauseLines(catalogue, record),
    ...factLines(catalogue, record, judges),
    ...(twin ? twinLines(twin, judges) : []),
    ...codeLines(transcript),
    `  run      berth-conformance ${judges} --filter ${record.id} ${judges === "agent" ? "(--address HOST:PORT | -- COMMAND ARGS…)" : "-- COMMAND ARGS…"}`,
    ...rightLines(transcript, judges),
    ...wrongLines(transcript, judges),
  ].join("\n");
}

function clauseLines({ clauses }: Catalogue, record: CaseRecord): string[] {
  return record.clauses.flatMap((id) => {
    const clause = clauses.get(id);
    return clause === undefined ? [] : [`  ${id} (${placeOf(clause)})`, `    ${clause.sentence}`, ""];
  });
}

function factLines({ agentCases, clauses }: Catalogue, record: CaseRecord, judges: "agent" | "server"): string[] {
  const needs = [
    ...(record.features ?? []),
    ...(record.abilities ?? []).map((ability) => `an attachment that can ${ability}`),
  ];
  const level = judges === "agent" ? levelsOfCases(agentCases, clauses).get(record.id) : undefined;
  return [
    `  judges   an ${judges === "agent" ? "agent; the suite plays the servers" : "installation of a server; the suite plays the agents"}`,
    `  dialects ${dialectsInWords(record.dialects ?? [49])}`,
    `  level    ${caseLevel(record, clauses)}${level === undefined ? "" : `; run from --level ${level} on`}`,
    `  needs    ${needs.join(", ") || "nothing beyond being attached"}`,
    ...(record.timed ? ["  timed    a failure is repeated alone before it is believed"] : []),
  ];
}

function twinLines(twin: CaseRecord, judges: "agent" | "server"): string[] {
  return [
    `  twin     ${twin.id}: ${twin.title}`,
    "           It differs in the one thing at fault and runs first; where it does not pass, this case is blocked.",
    ...(judges === "agent" ? ["  after    a good Negotiate has to be answered"] : []),
  ];
}

/** What is known of how the case fails; any other code says itself what it means. */
function codeLines({ wrong }: TranscriptFile): string[] {
  const meaning = wrong === undefined ? undefined : readFailureCodes().get(wrong.code);
  return [
    ...(wrong === undefined ? [] : [`  code     ${wrong.code}: ${meaning ?? "not in the table of codes"}`]),
    "  failing  the report names a code; berth-conformance explain CODE says what it means",
  ];
}

function rightLines({ right }: TranscriptFile, judges: "agent" | "server"): string[] {
  if (right === undefined) return ["", "no right transcript is recorded of this case (berth-conformance record)"];
  return ["", `right: ${right.of}`, ...recordingLines(right, judges)];
}

function wrongLines({ wrong }: TranscriptFile, judges: "agent" | "server"): string[] {
  if (wrong === undefined)
    return ["", "no wrong transcript is recorded of this case (berth-conformance record --wrong)"];
  return [
    "",
    `wrong: ${wrong.of}`,
    ...recordingLines(wrong, judges),
    `    expected  ${wrong.expected}`,
    `    actual    ${wrong.actual}`,
  ];
}
