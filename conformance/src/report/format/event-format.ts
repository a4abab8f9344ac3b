import { z } from "zod";
import type { Specification } from "../../clauses/specification.ts";
import type { Calibration } from "../../runner/calibrate.ts";
import { EXIT, type ExitCode } from "../../runner/exit-code.ts";
import type { Shard } from "../../runner/shard.ts";
import type { RunEnded, RunEvent, RunStarted } from "../run-event.ts";
import { caseFormat } from "./case-format.ts";
import { count, milliseconds, type Shape } from "./shape.ts";

const suite = z.enum(["agent", "server"]).describe("Which of the two ends is judged.");

const calibration = z
  .strictObject({
    roundTripMs: milliseconds.describe("The median round trip of one byte over loopback."),
    timerLateMs: milliseconds.describe("How late a timer fired, at worst of some tries."),
    stretch: z.number().describe("By how much bounds are stretched for it; 1 on a machine that is idle."),
  } satisfies Shape<Calibration>)
  .describe("How fast the machine was when the run began.");

const catalogue = z
  .strictObject({
    cases: count.describe("How many cases there are for this end."),
    digest: z
      .string()
      .describe(
        "The beginning of the SHA-256 over their ids and those of the clauses they cite: two runs with the same one chose from the same cases.",
      ),
  } satisfies Shape<RunStarted["catalogue"]>)
  .describe("The cases that the run chose from.");

const specification = z
  .strictObject({
    version: z.string().describe("The version of `@berth/proto`, which the specification comes with."),
    digest: z.string().describe("The SHA-256 over the ids and sentences of all clauses, in hexadecimal digits."),
  } satisfies Shape<Specification>)
  .describe("The specification that the cases judge by.");

const shard = z
  .strictObject({
    index: z.int().positive().describe("Which part, from 1."),
    count: z.int().positive().describe("How many parts there are."),
  } satisfies Shape<Shard>)
  .describe("The part of the cases that this run is about; absent when it is all of them.");

export const exitCode = z
  .literal(Object.values(EXIT))
  .describe(
    "0 conformant, 1 not conformant, 2 usage, 3 nothing or too little ran, 4 the suite's own fault, 5 the target could not be reached.",
  ) satisfies z.ZodType<ExitCode>;

/** What a run says of itself when it begins. */
export const startedShape = {
  suite,
  at: z.iso.datetime().describe("When it began, in UTC."),
  target: z.string().describe("The address or the command line of the target."),
  agentVersion: z.int().optional().describe("The version that the agent announced."),
  productVersion: z.string().optional().describe("What a server was set to be, such as `Otter 2.2.10`."),
  features: z.array(z.string()).optional().describe("The features that the agent announced, as `name@version`."),
  suiteVersion: z.string().describe("The version of this suite."),
  catalogue,
  specification: specification.optional(),
  profile: z.string().describe("The name of the profile whose floor has to be reached."),
  floor: count.describe("The fewest MUST and MUST NOT cases that have to be executed."),
  seed: z
    .string()
    .describe(
      "Hexadecimal; repeats the choices of the run. Where shards with several seeds were merged, all of them, by comma.",
    ),
  timeScale: z.number().positive().describe("By how much bounds in time were stretched in all."),
  calibration,
  filter: z
    .string()
    .optional()
    .describe("What the cases were narrowed to; a filtered run proves nothing about conformance."),
  level: z
    .string()
    .optional()
    .describe("The step on the way to conformance that the run was narrowed to; it is not conformance."),
  shard: shard.optional(),
  caseCount: count.describe("How many cases were going to be run."),
} satisfies Omit<Shape<RunStarted>, "type">;

/** What it says when it has ended. */
export const endedShape = {
  exitCode,
  sentences: z.array(z.string()).describe("The verdict in words."),
  knownFailureProblems: z
    .array(z.string())
    .describe("What is wrong with the entries of the known failures; each is red."),
} satisfies Omit<Shape<RunEnded>, "type" | "suite" | "at">;

/** One line of `events.jsonl`. */
export const eventFormat = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("run-started"), ...startedShape }).describe("A run begins."),
    z
      .strictObject({
        type: z.literal("case-started"),
        suite,
        id: z.string().describe("The id of the case."),
      })
      .describe("The work of a case begins; twice for a timed case that is repeated."),
    z
      .strictObject({ type: z.literal("case-ended"), suite, case: caseFormat })
      .describe("A case has ended. The last word on a case counts."),
    z
      .strictObject({
        type: z.literal("run-ended"),
        suite,
        at: z.iso.datetime().describe("When it ended, in UTC."),
        ...endedShape,
      })
      .describe("A run has ended."),
  ])
  .describe(
    "One line of events.jsonl, the record of what happened from which all reports are made.",
  ) satisfies z.ZodType<RunEvent>;
