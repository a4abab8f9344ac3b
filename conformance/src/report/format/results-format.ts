import { z } from "zod";
import type { GateResult } from "../../clauses/clause-gate.ts";
import { RESULTS_FORMAT_VERSION, type Results, type RunResults } from "../results.ts";
import { caseFormat, countsFormat } from "./case-format.ts";
import { endedShape, exitCode, startedShape } from "./event-format.ts";
import { count, milliseconds, type Shape } from "./shape.ts";

const run = z
  .strictObject({
    label: z
      .string()
      .describe(
        "What the run is called in reports: the end judged, with the agent's version where several agents were.",
      ),
    ...startedShape,
    ...endedShape,
    durationMs: milliseconds.describe("From beginning to end; of merged shards the longest of them."),
    executedRequired: count.describe(
      "How many MUST and MUST NOT cases said something about the target; held against the floor.",
    ),
    mergedFrom: count
      .optional()
      .describe("Of how many shards the run was merged; absent when it is one run as it ended."),
    counts: countsFormat,
    digest: z
      .string()
      .optional()
      .describe(
        "The SHA-256 in hexadecimal digits over what the run amounts to, the same for every run with the same outcomes; CLAIMS.md says over what. Absent where not all cases were run.",
      ),
    cases: z.array(caseFormat).describe("In the order of the specification."),
  } satisfies Shape<RunResults>)
  .describe("One run of the suite against one target.");

const clauseGate = z
  .strictObject({
    required: count.describe("How many clauses say MUST or MUST NOT."),
    covered: count.describe("How many of them are judged by cases."),
    excused: count.describe("How many are not, with a reason."),
    gaps: z.array(z.string()).describe("What is neither, or has become stale; one line each, and each is red."),
  } satisfies Shape<GateResult>)
  .describe("The cases held against the specification.");

/** The content of results.json. */
export const resultsFormat = z
  .strictObject({
    schema: z
      .literal(RESULTS_FORMAT_VERSION)
      .describe(
        "The version of this form. It grows when a reader could misunderstand; new optional properties leave it as it is.",
      ),
    exitCode,
    counts: countsFormat.describe("How many cases ended in each way, over all runs."),
    runs: z.array(run).describe("In the order in which they ran."),
    clauseGate: clauseGate.optional(),
    unreached: z
      .array(z.string())
      .optional()
      .describe("Why a target was not judged at all, one line each; absent where all were."),
  } satisfies Shape<Results>)
  .describe("What one command of berth-conformance found.");
