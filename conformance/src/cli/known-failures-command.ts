import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { EXIT } from "../runner/exit-code.ts";
import { type KnownFailure, readKnownFailureDrafts } from "../runner/known-failures-file.ts";
import { OUTCOMES } from "../runner/outcome.ts";
import { updateKnownFailures } from "../runner/update-known-failures.ts";
import { readCatalogue } from "./catalogue.ts";
import { UsageError } from "./usage-error.ts";

/** What the update reads of results.json. */
const results = z.object({
  exitCode: z.int(),
  runs: z.array(
    z.object({
      suite: z.enum(["agent", "server"]),
      label: z.string(),
      agentVersion: z.int().optional(),
      exitCode: z.int(),
      filter: z.string().optional(),
      level: z.string().optional(),
      shard: z.object({ index: z.int(), count: z.int() }).optional(),
      sentences: z.array(z.string()),
      cases: z.array(
        z.object({ id: z.string(), outcome: z.enum(OUTCOMES), failure: z.object({ code: z.string() }).optional() }),
      ),
    }),
  ),
});
type Results = z.infer<typeof results>;

/** `known-failures update`. */
export function addKnownFailuresCommand(program: Command): void {
  program
    .command("known-failures")
    .description("look after a list of known failures")
    .command("update")
    .description("rewrite the list to what a whole run has shown")
    .requiredOption("--from <results.json>", "the results of a whole run: without filter, shard or level")
    .argument("<file>", "the list; made when there is none")
    .action((path: string, { from }: { from: string }) => console.log(update(path, from)));
}

function update(path: string, from: string): string {
  const { runs } = wholeResults(from);
  const known = existsSync(path) ? draftsOf(path) : [];
  const catalogue = readCatalogue();
  const ids = new Set([...catalogue.agentCases, ...catalogue.serverCases].map((each) => each.id));
  const gone = known.filter((each) => !ids.has(each.case));
  const updated = updateKnownFailures(
    known.filter((each) => ids.has(each.case)),
    runs,
  );
  writeFileSync(path, `${JSON.stringify(updated.entries, null, 2)}\n`);
  const dropped = [...gone, ...updated.dropped];
  return [
    ...dropped.map(
      (each) => `dropped ${named(each)}: ${gone.includes(each) ? "there is no such case" : "it no longer fails so"}`,
    ),
    ...updated.added.map((each) => `new     ${named(each)}: fill in reason, issue and expires`),
    `${path}: ${updated.kept.length} kept, ${dropped.length} dropped, ${updated.added.length} new`,
    ...(updated.added.length > 0 ? ["until the new ones are filled in, a run refuses the list"] : []),
  ].join("\n");
}

function draftsOf(path: string): KnownFailure[] {
  try {
    return readKnownFailureDrafts(path);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A part of a run knows nothing of the rest: entries would be dropped because they were not looked at. */
function wholeResults(from: string): Results {
  const parsed = results.safeParse(readJson(from));
  if (!parsed.success)
    throw new UsageError(`${from} is no results.json of this suite:\n${z.prettifyError(parsed.error)}`);
  const { runs, exitCode } = parsed.data;
  if (runs.length === 0 || exitCode === EXIT.targetUnreachable) {
    throw new UsageError(`${from} is of a run that did not reach every target; run again until each is judged`);
  }
  for (const { label, filter, shard, level, sentences } of runs) {
    const part = [
      ...(filter === undefined ? [] : [`--filter ${filter}`]),
      ...(level === undefined ? [] : [`--level ${level}`]),
      ...(shard === undefined ? [] : [`--shard ${shard.index}/${shard.count}`]),
    ].join(" ");
    if (part !== "") {
      throw new UsageError(
        `the run of ${label} in ${from} had ${part}, and what was left out would be dropped from the list; give the results of a whole run${shard ? ", or of all shards joined with merge" : ""}`,
      );
    }
    if (sentences.includes("the run was cut off")) throw new UsageError(`the run of ${label} in ${from} was cut off`);
  }
  const short = runs.find((run) => run.exitCode === EXIT.tooLittleRan);
  if (short) throw new UsageError(`in the run of ${short.label} in ${from} too little ran to rewrite a list from`);
  return parsed.data;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function named({ case: id, code, agentVersion }: KnownFailure): string {
  return `${id} (${code}${agentVersion === undefined ? "" : `, agent ${agentVersion}`})`;
}
