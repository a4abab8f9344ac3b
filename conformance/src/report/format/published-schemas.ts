import { z } from "zod";
import { MATRIX_FORMAT_VERSION } from "../../matrix/matrix-report.ts";
import { RESULTS_FORMAT_VERSION } from "../results.ts";
import { transcriptEntryFormat } from "./case-format.ts";
import { eventFormat } from "./event-format.ts";
import { matrixFormat } from "./matrix-format.ts";
import { resultsFormat } from "./results-format.ts";

/** A file of `schema/`. */
export interface PublishedSchema {
  readonly file: string;
  readonly text: string;
}

/** The JSON Schemas of what the suite writes, made from what it works with itself; `make generate` writes them. */
export function publishedSchemas(): PublishedSchema[] {
  return [
    published("results", RESULTS_FORMAT_VERSION, "results.json of berth-conformance", resultsFormat),
    published("event", RESULTS_FORMAT_VERSION, "A line of events.jsonl of berth-conformance", eventFormat),
    published("trace", RESULTS_FORMAT_VERSION, "A line of a trace of berth-conformance", transcriptEntryFormat),
    published("matrix", MATRIX_FORMAT_VERSION, "matrix.json of berth-conformance", matrixFormat),
  ];
}

function published(name: string, version: number, title: string, format: z.ZodType): PublishedSchema {
  const { $schema, ...rest } = z.toJSONSchema(format, {
    override: ({ jsonSchema }) => {
      // The suite itself allows no property that is not described; readers have to allow those that a later version adds.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // What holds for every number of JSON, and what the format says already.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    },
  });
  const schema = { $schema, $id: `urn:berth:conformance:${name}:${version}`, title, ...rest };
  return { file: `${name}.schema.json`, text: `${JSON.stringify(schema, null, 2)}\n` };
}
