import { agentByAddress } from "../attach/agent-by-address.ts";
import { startAgentByCommand } from "../attach/agent-by-command.ts";
import type { Command } from "../attach/process-group.ts";
import type { AgentTarget } from "../attach/target.ts";
import type { EventLog } from "../report/event-log.ts";
import { agentSurroundings, learnAgent } from "../runner/agent-suite.ts";
import type { KnownFailure } from "../runner/known-failures.ts";
import { type Profile, readProfile, readProfiles } from "../runner/profile.ts";
import { runSuite } from "../runner/run-suite.ts";
import type { Verdict } from "../runner/verdict.ts";
import type { Catalogue } from "./catalogue.ts";
import { joinCommandLine } from "./command-line.ts";
import type { Interruption } from "./interruption.ts";
import { type RunOptions, reproWords } from "./run-options.ts";
import { openRunScope } from "./run-scope.ts";
import { UsageError } from "./usage-error.ts";

/** How the agent under test is attached. */
export type AgentAttachment = { readonly address: string } | { readonly command: Command };

export interface AgentRun {
  readonly attachment: AgentAttachment;
  /** The version the agent is said to have; what it announces has to be this. */
  readonly agentVersion?: number;
  /** A profile by name, in place of the one that version and attachment lead to. */
  readonly profile?: string;
  readonly options: RunOptions;
  readonly catalogue: Catalogue;
  readonly knownFailures: readonly KnownFailure[];
  readonly log: EventLog;
  readonly interruption: Interruption;
}

/** How long an agent has to start or end. */
const PATIENCE_MS = 20_000;
/** The lowest agent version that speaks the dialect this suite judges. */
const LOWEST_VERSION = 49;

/** Attaches to an agent, runs the cases, and detaches again. */
export async function judgeAgent(run: AgentRun): Promise<Verdict> {
  const { options, catalogue } = run;
  const { scope, calibration } = await openRunScope(options);
  const attached = await attach(run.attachment, PATIENCE_MS * scope.timeScale);
  const release = run.interruption.owe(attached.detach);
  try {
    const facts = await learnAgent(attached.agent, catalogue.agentCases, scope);
    const target = "address" in run.attachment ? run.attachment.address : joinCommandLine(run.attachment.command);
    return await runSuite({
      suite: "agent",
      catalogue: catalogue.agentCases,
      clauses: catalogue.clauses,
      surroundings: agentSurroundings(attached.agent, facts, scope),
      profile: profileOf(run, facts.agentVersion),
      jobs: options.jobs,
      filter: options.filter,
      knownFailures: run.knownFailures,
      log: run.log,
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
    });
  } finally {
    release();
    await attached.detach();
  }
}

async function attach(
  attachment: AgentAttachment,
  patienceMs: number,
): Promise<{ agent: AgentTarget; detach: () => Promise<void> }> {
  if ("address" in attachment) return { agent: agentByAddress(attachment.address), detach: async () => undefined };
  const agent = await startAgentByCommand({ command: attachment.command, patienceMs });
  return { agent, detach: agent.stop };
}

function profileOf(run: AgentRun, announced: number): Profile {
  if (run.agentVersion !== undefined && run.agentVersion !== announced) {
    throw new UsageError(`the agent announces version ${announced}, and --agent-version says ${run.agentVersion}`);
  }
  if (announced < LOWEST_VERSION) {
    throw new UsageError(`the agent is of version ${announced}; this suite judges agents from ${LOWEST_VERSION} on`);
  }
  const name = run.profile ?? ("address" in run.attachment ? "agent-49-by-address" : "agent-49");
  return requireProfile(name);
}

/** @throws {UsageError} naming the profiles there are. */
export function requireProfile(name: string): Profile {
  const profile = readProfile(name);
  if (profile !== undefined) return profile;
  const names = readProfiles().map((each) => each.name);
  throw new UsageError(`there is no profile "${name}"; there are ${names.join(", ")}`);
}

function attachmentWords({ attachment }: AgentRun): string[] {
  return "address" in attachment ? ["--address", attachment.address] : ["--", ...attachment.command];
}
