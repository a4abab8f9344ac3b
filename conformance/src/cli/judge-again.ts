import { parseProductVersion } from "../product-version.ts";
import type { RunResults } from "../report/results.ts";
import { visibleText } from "../report/visible-text.ts";
import { EXIT, type ExitCode, gravest } from "../runner/exit-code.ts";
import { agentProfileName } from "../runner/profile.ts";
import { compareRuns, knownFailuresOfRun } from "../verify/compare-runs.ts";
import { requireAttachment } from "./agent-attachment.ts";
import type { Catalogue } from "./catalogue.ts";
import { type Conducted, conduct } from "./conduct.ts";
import { targetCommand } from "./image-attachment.ts";
import { judgeAgent } from "./judge-agent.ts";
import { judgeServer } from "./judge-server.ts";
import type { RunOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";

/** The options by which a target is judged again; what decides the outcomes is in the published run. */
export interface AgainOptions extends Omit<RunOptions, "filter" | "seed" | "shard" | "knownFailures"> {
  readonly address?: string;
  readonly image?: string;
  readonly driver?: true;
  readonly upgradeFrom?: string;
}

/** What is judged again, and how. */
interface Again {
  readonly target: readonly string[];
  readonly options: AgainOptions;
  readonly catalogue: Catalogue;
}

/** Whether a command line names a target. @throws {UsageError} when it only says how to attach to one. */
export function namesTarget(target: readonly string[], { address, image, driver, upgradeFrom }: AgainOptions): boolean {
  if (target.length > 0 || address !== undefined || image !== undefined) return true;
  const [option] = [driver && "--driver", upgradeFrom && "--upgrade-from"].filter(Boolean);
  if (option === undefined) return false;
  throw new UsageError(`${option} is about a target, and none is named: write -- COMMAND ARGS…`);
}

/** Judges the target of published runs by the same profile, version and seed, and says which outcomes differ from theirs. */
export async function judgeAgain(published: readonly RunResults[], again: Again): Promise<ExitCode> {
  requireOneTarget(published);
  const { runs, exitCode } = await conduct(
    again.options,
    published.map((run) => (run.suite === "agent" ? agentAgain(run, again) : serverAgain(run, again))),
  );
  if (exitCode === EXIT.targetUnreachable) return exitCode;
  return gravest(published.map((run, index) => said(run, runs[index]!)));
}

/** One command is one agent; a server's is set to be whatever product and version the runs are of. */
function requireOneTarget(published: readonly RunResults[]): void {
  const [first, ...others] = published;
  if (first === undefined) throw new UsageError("there is no published run by which the target could be judged again");
  if (others.length === 0 || published.every(({ suite }) => suite === "server")) return;
  const labels = published.map(({ label }) => `"${label}"`).join(", ");
  throw new UsageError(`one target cannot be that of all these runs: ${labels}; name one with --run`);
}

function agentAgain(run: RunResults, { target, options, catalogue }: Again): Conducted {
  const attachment = requireAttachment(options, target);
  const { agentVersion = 0, profile } = run;
  const wasByAddress = profile === agentProfileName(agentVersion, true);
  if (wasByAddress !== "address" in attachment) {
    const how = wasByAddress ? "by --address" : "by a command or an image";
    throw new UsageError(`the published run attached to the agent ${how}: attach to it so, or other cases apply`);
  }
  const asked = { attachment, agentVersion, ...asPublished(run, options), catalogue };
  return (log, interruption) => judgeAgent({ ...asked, log, interruption });
}

function serverAgain(run: RunResults, { target, options, catalogue }: Again): Conducted {
  const { image, driver: byDriver = false, address, upgradeFrom } = options;
  if (address !== undefined || upgradeFrom !== undefined) {
    throw new UsageError("--address and --upgrade-from are about agents, and the published run is of a server");
  }
  const productVersion = parseProductVersion(run.productVersion ?? "")!; // what is none was found to be a difference
  const command = targetCommand(image, target);
  const asked = {
    command,
    byImage: image !== undefined,
    byDriver,
    productVersion,
    ...asPublished(run, options),
    catalogue,
  };
  return (log, interruption) => judgeServer({ ...asked, log, interruption });
}

function asPublished(run: RunResults, options: AgainOptions) {
  // The shards of one run have seeds of their own, and one run has one.
  const [seed] = run.seed.split(", ");
  return { profile: run.profile, knownFailures: knownFailuresOfRun(run), options: { ...options, seed } };
}

function said(published: RunResults, here: RunResults): ExitCode {
  const { differences, faults } = compareRuns(published, here);
  const { label } = published;
  for (const line of [...differences, ...faults]) console.log(visibleText(`${label}: ${line}`));
  const count = differences.length + faults.length;
  const alike = `${label}: judged again, and every case ended as published`;
  console.log(count === 0 ? alike : `${label}: judged again, and ${count} of its ends are not as published`);
  if (differences.length > 0) return EXIT.notConformant;
  return faults.length > 0 ? EXIT.suiteAtFault : EXIT.conformant;
}
