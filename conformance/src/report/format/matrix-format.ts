import { z } from "zod";
import type { Cell, Constellation, InstanceIds } from "../../matrix/cell.ts";
import type { Expectation } from "../../matrix/expectation.ts";
import { MATRIX_FORMAT_VERSION, type MatrixReport } from "../../matrix/matrix-report.ts";
import type { Observation } from "../../matrix/observation.ts";
import type { CellResult } from "../../matrix/run-cell.ts";
import { transcriptEntryFormat } from "./case-format.ts";
import type { Shape } from "./shape.ts";

const constellation = z.enum(["one server", "two addresses", "one address"]) satisfies z.ZodType<Constellation>;
const instanceIds = z.enum(["unset", "unique", "equal", "one of two"]) satisfies z.ZodType<InstanceIds>;

const cell = z
  .strictObject({
    server: z.string().optional().describe("The name of the servers' implementation, where several were judged."),
    agent: z.string().optional().describe("The name of the agent's implementation, where several were judged."),
    product: z.string().describe("The servers' product."),
    productVersion: z.string().describe("Its version."),
    agentVersion: z
      .int()
      .describe("The version that the agent announces, or is judged as where it did not come to that."),
    constellation: constellation.describe("How many servers there are, and how the agent sees them."),
    instanceIds: instanceIds.describe("What the operators set as InstanceId."),
    serverIdentity: z.boolean().describe("Whether the servers offer `server-identity@1`."),
  } satisfies Shape<Cell>)
  .describe("One question: what happens between these servers and this agent.");

const outcomes = ["isolated", "shared", "refused"] as const;

const expectation = z
  .strictObject({
    outcome: z.enum(outcomes).describe("Each server has files of its own, all share one set, or one is turned away."),
    clauses: z
      .tuple([z.string()], z.string())
      .describe("The ids of the clauses the outcome follows from, the deciding one first."),
    because: z.string().describe("The rule in words."),
  } satisfies Shape<Expectation>)
  .describe("What the cell has to come out as, and what says so.");

const observation = z
  .strictObject({
    outcome: z.enum([...outcomes, "unclear"]).describe("What it came out as."),
    words: z.string().describe("What was seen, in words."),
  } satisfies Shape<Observation>)
  .describe("What was seen in the cell.");

const cellResult = z
  .strictObject({
    id: z
      .string()
      .describe(
        "The permanent name of the cell, such as `BuildMaster-6.1.20/46/two-addresses/unset`; the names of the implementations are in front where several were judged.",
      ),
    cell,
    expected: expectation,
    observed: observation,
    agrees: z.boolean().describe("Whether what was seen is what the clauses say."),
    difference: z.string().optional().describe("Why it does not agree, in words."),
    notApplicable: z
      .string()
      .optional()
      .describe("Why the cell asks nothing of these implementations. It then neither agrees nor differs."),
    transcript: z.array(transcriptEntryFormat).describe("What went over the wire, oldest first."),
  } satisfies Shape<CellResult>)
  .describe("A cell with what the clauses say and what was seen.");

/** The content of matrix.json. */
export const matrixFormat = z
  .strictObject({
    format: z
      .literal(MATRIX_FORMAT_VERSION)
      .describe("The version of this form. It grows when a reader could misunderstand."),
    cells: z.array(cellResult).describe("Every cell that was run."),
    clauses: z.record(z.string(), z.string()).describe("The sentence of every clause that a cell rests on, by its id."),
  } satisfies Shape<MatrixReport>)
  .describe("What `berth-conformance matrix` found.");
