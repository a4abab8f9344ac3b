import { agentByAddress } from "../attach/agent-by-address.ts";
import { startAgentByCommand } from "../attach/agent-by-command.ts";
import type { AgentTarget } from "../attach/target.ts";
import type { AgentCase } from "../case.ts";
import { isUnpublished } from "../dialect.ts";
import type { EventLog } from "../report/event-log.ts";
import type { AgentFacts } from "../runner/agent-facts.ts";
import { agentSurroundings, learnAgent } from "../runner/agent-suite.ts";
import { idsUpTo, judgedLevel, readLevels } from "../runner/level.ts";
import { agentProfileName, type Profile } from "../runner/profile.ts";
import type { SuiteRun } from "../runner/run-suite.ts";
import type { Verdict } from "../runner/verdict.ts";
import type { AgentAttachment } from "./agent-attachment.ts";
import { joinCommandLine } from "./command-line.ts";
import { startOf, targetWords } from "./image-attachment.ts";
import { judgeOpened, type OpenedRun } from "./opened-run.ts";
import { reproWords } from "./run-options.ts";
import { openRunScope } from "./run-scope.ts";
import { asAsked, requireProfile, type TargetRun } from "./target-run.ts";
import { UsageError } from "./usage-error.ts";

/** What is said of the run of an agent. */
export interface AgentRun extends TargetRun<AgentCase> {
  readonly attachment: AgentAttachment;
  /** The version the agent is said to have, which decides what applies; what it announces has to be this. */
  readonly agentVersion?: number;
  /** The name of the step on the way to conformance that the run is narrowed to. */
  readonly level?: string;
}

/** Attaches to an agent, runs the cases, and detaches again. */
export async function judgeAgent(run: AgentRun & { readonly log: EventLog }): Promise<Verdict> {
  return judgeOpened(await openAgentRun(run), run.log);
}

/** Attaches to an agent and learns what it is. The caller closes. @throws {TargetUnreachable} when it cannot be reached. */
export async function openAgentRun(run: AgentRun): Promise<OpenedRun<AgentCase>> {
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
      ...asAsked(run),
      suite: "agent",
      catalogue: catalogue.agentCases,
      surroundings: { ...agentSurroundings(attached.agent, facts, scope, startMs), onWire: run.onWire },
      profile: profileOf(run, facts.agentVersion),
      level,
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
    throw new UsageError(`the agent announces version ${facts.agentVersion}, and was to be judged as ${agentVersion}`);
  }
  return { ...facts, agentVersion };
}

function profileOf(run: Pick<AgentRun, "profile" | "level" | "attachment">, agentVersion: number): Profile {
  const base = agentProfileName(agentVersion, "address" in run.attachment);
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

function attachmentWords({ attachment }: Pick<AgentRun, "attachment">): string[] {
  if ("address" in attachment) return ["--address", attachment.address];
  const { command, byImage, upgradeFrom } = attachment;
  return [
    ...(upgradeFrom === undefined ? [] : ["--upgrade-from", joinCommandLine(upgradeFrom)]),
    ...targetWords(byImage, command),
  ];
}
