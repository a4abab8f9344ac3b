import { z } from "zod";
import type { ClauseLevel } from "../../clauses/clause.ts";
import type { FailureFacts } from "../../runner/failure.ts";
import { OUTCOMES, type Outcome } from "../../runner/outcome.ts";
import type { Readable } from "../readable.ts";
import type { CitedClause, ReportedCase } from "../run-event.ts";
import type { TranscriptEntry } from "../transcript.ts";
import { count, milliseconds, type Shape } from "./shape.ts";

const LEVELS = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"] as const satisfies readonly ClauseLevel[];

const OUTCOME_MEANINGS: Readonly<Record<Outcome, string>> = {
  pass: "the clause is kept",
  fail: "a MUST or MUST NOT is broken",
  "not-applicable": "the target lacks an optional feature, or the attachment an ability",
  warn: "a SHOULD is not followed, which is conformant",
  observed: "the clause is kept, and something the specification leaves open was recorded",
  blocked: "the positive twin did not pass, so nothing can be said; red",
  "expected-failure": "it fails as an entry of the known failures says",
  "unexpected-pass": "an entry of the known failures says it fails, and it does not; red",
  flaky: "a timed case failed, and passed when it was repeated alone",
  "harness-error": "the suite is at fault; nothing is said about the target",
};

const level = z.enum(LEVELS).describe("The first key word of the clause.");

const outcome = z
  .enum(OUTCOMES)
  .describe(`How a case ended. ${OUTCOMES.map((name) => `${name}: ${OUTCOME_MEANINGS[name]}.`).join(" ")}`);

const message: z.ZodType<Readable> = z
  .lazy(() => z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(message), z.record(z.string(), message)]))
  .meta({
    id: "Message",
    description:
      "A decoded message or a part of one, secrets hidden, long parts cut and said to be cut; or a remark in words.",
  });

/** One message on the wire: a member of a timeline, and a line of a trace. */
export const transcriptEntryFormat = z
  .strictObject({
    atMs: milliseconds.describe("Milliseconds since the case began."),
    direction: z
      .enum(["sent", "received"])
      .describe("Seen from the suite: it sent this to the target, or received it."),
    peer: z.string().describe("Which of the suite's peers it was, such as `server 127.0.0.2`."),
    method: z
      .string()
      .describe("The call, such as `Negotiate`, and where it helps what was sent, such as `Sync/offer`."),
    message,
  } satisfies Shape<TranscriptEntry>)
  .describe("One message on the wire.");

const citedClause = z
  .strictObject({
    id: z.string().describe("The permanent id of the clause, such as `SYNC-011`."),
    sentence: z.string().describe("The clause itself."),
    level: level.optional(),
    page: z.string().describe("The page of the specification it stands on, such as `sync.md`."),
    topic: z.string().describe("The heading it stands under."),
    place: z.int().describe("Where it stands among all clauses, in reading order."),
  } satisfies Shape<CitedClause>)
  .describe("A clause as a case cites it.");

const failure = z
  .strictObject({
    code: z.string().describe("Stable and short, such as `code-wrong`. Known failures are matched by it."),
    expected: z.string().describe("What the clause asks for, in words."),
    actual: z.string().describe("What the target did, in words."),
    message: z.string().optional().describe("One sentence made of the two."),
    clause: z.string().optional().describe("The clause that was broken, where it is not the case's first."),
    hint: z.string().optional().describe("The likely cause, where the suite knows one."),
  } satisfies Shape<FailureFacts>)
  .describe("What a failed expectation says.");

/** A case and how it ended, complete in itself. */
export const caseFormat = z
  .strictObject({
    id: z.string().describe("The permanent id of the case, such as `path-dot-segment`."),
    title: z.string().describe("A sentence that is true of a conformant implementation."),
    level: level.describe("The strongest level among the case's clauses."),
    outcome,
    durationMs: milliseconds.describe("How long it took; 0 when it was not begun."),
    clauses: z.array(citedClause).describe("The clauses it judges, the one it is mainly about first."),
    brokenClause: citedClause.optional().describe("The clause that the failure names, where it is none of these."),
    page: z.string().describe("The page of its first clause."),
    topic: z.string().describe("The heading of its first clause."),
    place: z.int().describe("The place of its first clause."),
    twin: z
      .string()
      .optional()
      .describe("The id of the positive case that differs from it in the one thing at fault, and runs first."),
    failure: failure.optional(),
    reason: z.string().optional().describe("Why it ended so, for every outcome that a failure does not explain."),
    observations: z
      .array(z.string())
      .describe("What the specification leaves open and the target was seen to do, in words."),
    timeline: z
      .array(transcriptEntryFormat)
      .describe("The wire of a case that did not pass, oldest first; of a very long one the middle is left out."),
    repro: z.string().describe("The command line that runs just this case again with this seed."),
  } satisfies Shape<ReportedCase>)
  .describe("A case and how it ended.");

/** How many cases ended in each way. */
export const countsFormat = z
  .strictObject(Object.fromEntries(OUTCOMES.map((name) => [name, count])) as Record<Outcome, typeof count>)
  .describe("How many cases ended in each way.");
