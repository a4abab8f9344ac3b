import { probeUnknownStep } from "../attach/server-by-command.ts";
import { ConformanceFailure, TargetUnreachable } from "../runner/failure.ts";
import { learnVersion } from "./ask-agent.ts";
import { AGENT_VERSIONS, isJudged } from "./cell.ts";
import type { AgentImplementation, ServerImplementation } from "./implementation.ts";

/** The version whose cells an agent is given that cannot be asked for its own. */
const NEWEST = Math.max(...AGENT_VERSIONS);

/** Learns the version of an agent that has to be asked; one that does not say has a problem, and the cells of the newest version. */
export async function introduceAgent(
  agent: Omit<AgentImplementation, "versions" | "problem">,
  patienceMs: number,
): Promise<AgentImplementation> {
  try {
    const version = await learnVersion(agent.commandOf(NEWEST), patienceMs);
    if (isJudged(version)) return { ...agent, versions: [version] };
    return {
      ...agent,
      versions: [NEWEST],
      problem: `${words(agent)} announces version ${version}, which has no cells`,
    };
  } catch (error) {
    return {
      ...agent,
      versions: [NEWEST],
      problem: `${problemOf(error)}\nits version is not known: these are the cells of ${NEWEST}`,
    };
  }
}

/** Sees that a server's driver answers and knows no step that there is not; one that does not has a problem. */
export async function introduceServer(server: ServerImplementation): Promise<ServerImplementation> {
  try {
    await probeUnknownStep(server.target);
    return server;
  } catch (error) {
    return { ...server, problem: problemOf(error) };
  }
}

function words({ commandOf }: Pick<AgentImplementation, "commandOf">): string {
  return `the agent \`${commandOf(NEWEST).join(" ")}\``;
}

/** What is the fault of an implementation; everything else is thrown on. */
function problemOf(error: unknown): string {
  if (error instanceof TargetUnreachable || error instanceof ConformanceFailure) return error.message;
  throw error;
}
