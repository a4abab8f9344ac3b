import type { Suite } from "mocha";
import { requireAttachment } from "../cli/agent-attachment.ts";
import { readCatalogue } from "../cli/catalogue.ts";
import { joinCommandLine } from "../cli/command-line.ts";
import { levelOf, openAgentRun } from "../cli/judge-agent.ts";
import { caseOptionsOf, knownFailuresIn, type MountOptions, unwatched } from "./mount-options.ts";
import { mountRun } from "./mount-run.ts";

/** How the agent is attached, and what is judged. */
export interface AgentMountOptions extends MountOptions {
  /** The command that starts the agent, and its arguments; the contract is in AGENT.md. Either this or `address`. */
  readonly command?: readonly [string, ...string[]];
  /** `host:port` of an agent that runs already. */
  readonly address?: string;
  /** The version the agent is expected to announce. */
  readonly agentVersion?: number;
  /** A step on the way to conformance: `answers`, `negotiates`, `syncs`, `runs` or `survives`. */
  readonly level?: string;
  /** The command of an agent of version 44 to 46, for the cases about an upgrade. */
  readonly upgradeFrom?: readonly [string, ...string[]];
  /** How long the agent has to start, and to end, in seconds; 20 when absent. */
  readonly startTimeout?: number;
}

/**
 * Mounts the cases that judge an agent in a suite of mocha, such as `this` in a `describe`: a test for each case, and one for what they
 * amount to (the floor of the profile, the list of known failures). A case that does not apply is a skipped test. The agent is attached
 * to before the first test and detached from after the last.
 *
 * @throws {Error} when the options cannot be understood, or nothing would be mounted.
 */
export function mountAgentSuite(suite: Suite, options: AgentMountOptions): void {
  const { command = [], address, agentVersion, level, profile, shard, upgradeFrom } = options;
  const older = upgradeFrom === undefined ? undefined : joinCommandLine(upgradeFrom);
  const attachment = requireAttachment({ address, upgradeFrom: older }, command);
  const catalogue = readCatalogue();
  const knownFailures = knownFailuresIn(options);
  const caseOptions = caseOptionsOf(options);
  mountRun(suite, {
    catalogue: catalogue.agentCases,
    clauses: catalogue.clauses,
    selecting: { filter: options.filter, levelIds: levelOf({ level, catalogue })?.ids, shard },
    open: () =>
      openAgentRun({
        attachment,
        agentVersion,
        level,
        profile,
        shard,
        options: caseOptions,
        catalogue,
        knownFailures,
        interruption: unwatched,
      }),
  });
}
