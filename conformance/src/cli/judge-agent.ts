import { agentByAddress } from "../attach/agent-by-address.ts";
import { startAgentByCommand } from "../attach/agent-by-command.ts";
import type { AgentTarget } from "../attach/target.ts";
import type { AgentCase } from "../case.ts";
import { isUnpublished } from "../dialect.ts";
import type { EventLog } from "../report/event-log.ts";
import type { AgentFacts } from "../runner/agent-facts.ts";
import { agentSurroundings, learnAgent } from "../runner/agent-suite.ts";
import type { CaseSurroundings } from "../runner/execute-case.ts";
import type { KnownFailure } from "../runner/known-failures-file.ts";
import { idsUpTo, judgedLevel, readLevels } from "../runner/level.ts";
import { type Profile, readProfile, readProfiles } from "../runner/profile.ts";
import { runSuite, type SuiteRun } from "../runner/run-suite.ts";
import type { Shard } from "../runner/shard.ts";
import type { Verdict } from "../runner/verdict.ts";
import type { AgentAttachment } from "./agent-attachment.ts";
import type { Catalogue } from "./catalogue.ts";
import { joinCommandLine } from "./command-line.ts";
import { startOf, targetWords } from "./image-attachment.ts";
import type { Interruption } from "./interruption.ts";
import type { OpenedRun } from "./opened-run.ts";
import { type CaseOptions, reproWords } from "./run-options.ts";
import { openRunScope } from "./run-scope.ts";
import { UsageError } from "./usage-error.ts";

export interface AgentRun {
  readonly attachment: AgentAttachment;
  /** The version the agent is said to have, which decides what applies; what it announces has to be this. */
  readonly agentVersion?: number;
  /** A profile by name, in place of the one that version and attachment lead to. */
  readonly profile?: string;
  /** The name of the step on the way to conformance that the run is narrowed to. */
  readonly level?: string;
  readonly shard?: Shard;
  readonly options: CaseOptions;
  readonly catalogue: Catalogue;
  readonly knownFailures: readonly KnownFailure[];
  readonly log: EventLog;
  readonly interruption: Interruption;
  /** In place of a new one; see `RunScope`. */
  readonly nonce?: string;
  readonly onWire?: CaseSurroundings<AgentCase>["onWire"];
}

/** The lowest and the highest agent version with a profile of its own; agents beyond them are judged by these. */
const PROFILED_VERSIONS = { lowest: 42, highest: 49 } as const;

/** Attaches to an agent, runs the cases, and detaches again. */
export async function judgeAgent(run: AgentRun): Promise<Verdict> {
  const opened = await openAgentRun(run);
  try {
    return await runSuite({ ...opened.run, log: run.log });
  } finally {
    await opened.close();
  }
}

/** Attaches to an agent and learns what it is. The caller closes. @throws {TargetUnreachable} when it cannot be reached. */
export async function openAgentRun(run: Omit<AgentRun, "log">): Promise<OpenedRun<AgentCase>> {
  const { options, catalogue } = run;
  const { scope, calibration } = await openRunScope(options, run.nonce);
  const level = levelOf(run);
  const beganMs = performance.now();
  const attached = await attach(run.attachment, options.startTimeout * 1000 * scope.timeScale);
  const startMs = performance.now() - beganMs;
  const release = run.interruption.owe(attached.detach);
  async function close(): Promise<void> {
    release();
    await attached.detach();
  }
  try {
    const facts = judgedFacts(await learnAgent(attached.agent, catalogue.agentCases, scope), run.agentVersion);
    const target = "address" in run.attachment ? run.attachment.address : joinCommandLine(run.attachment.command);
    const judged: OpenedRun<AgentCase>["run"] = {
      suite: "agent",
      catalogue: catalogue.agentCases,
      clauses: catalogue.clauses,
      surroundings: { ...agentSurroundings(attached.agent, facts, scope, startMs), onWire: run.onWire },
      profile: profileOf(run, facts.agentVersion),
      level,
      shard: run.shard,
      jobs: options.jobs,
      traceDir: options.traceDir,
      filter: options.filter,
      knownFailures: run.knownFailures.filter(
        ({ agentVersion = facts.agentVersion }) => agentVersion === facts.agentVersion,
      ),
      target,
      agentVersion: facts.agentVersion,
      features: facts.features,
      calibration,
      repro: (id) =>
        joinCommandLine([
          "berth-conformance",
          "agent",
          ...reproWords(options, id, scope.seed),
          ...attachmentWords(run),
        ]),
    };
    return { run: judged, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function attach(
  attachment: AgentAttachment,
  patienceMs: number,
): Promise<{ agent: AgentTarget; detach: () => Promise<void> }> {
  if ("address" in attachment) return { agent: agentByAddress(attachment.address), detach: async () => undefined };
  const { command, byImage, upgradeFrom: olderCommand } = attachment;
  const agent = await startAgentByCommand({
    command,
    startTarget: await startOf(byImage, [command, olderCommand]),
    olderCommand,
    patienceMs,
    onWaiting: (what) => console.error(what),
  });
  return { agent, detach: agent.stop };
}

/**
 * What the agent is judged as. One that announces a version that was never published is judged all the same, because that is the
 * finding (HS-006).
 */
function judgedFacts(facts: AgentFacts, agentVersion = facts.agentVersion): AgentFacts {
  if (agentVersion !== facts.agentVersion && !isUnpublished(facts.agentVersion)) {
    throw new UsageError(`the agent announces version ${facts.agentVersion}, and --agent-version says ${agentVersion}`);
  }
  return { ...facts, agentVersion };
}

function profileOf(run: Pick<AgentRun, "profile" | "level" | "attachment">, agentVersion: number): Profile {
  const published = isUnpublished(agentVersion) ? 46 : agentVersion;
  const version = Math.min(Math.max(published, PROFILED_VERSIONS.lowest), PROFILED_VERSIONS.highest);
  const base = `agent-${version}${"address" in run.attachment ? "-by-address" : ""}`;
  return requireProfile(run.profile ?? (run.level === undefined ? base : `${base}-${run.level}`));
}

/** @throws {UsageError} naming the levels there are. */
export function levelOf({
  level: name,
  catalogue,
}: Pick<AgentRun, "level" | "catalogue">): SuiteRun<AgentCase>["level"] {
  if (name === undefined) return undefined;
  const names = readLevels().map((each) => each.name);
  if (!names.includes(name)) throw new UsageError(`there is no level "${name}"; there are ${names.join(", ")}`);
  return { ...judgedLevel(name), ids: idsUpTo(name, catalogue.agentCases, catalogue.clauses) };
}

/** @throws {UsageError} naming the profiles there are. */
export function requireProfile(name: string): Profile {
  const profile = readProfile(name);
  if (profile !== undefined) return profile;
  const names = readProfiles().map((each) => each.name);
  throw new UsageError(`there is no profile "${name}"; there are ${names.join(", ")}`);
}

function attachmentWords({ attachment }: Pick<AgentRun, "attachment">): string[] {
  if ("address" in attachment) return ["--address", attachment.address];
  const { command, byImage, upgradeFrom } = attachment;
  return [
    ...(upgradeFrom === undefined ? [] : ["--upgrade-from", joinCommandLine(upgradeFrom)]),
    ...targetWords(byImage, command),
  ];
}
