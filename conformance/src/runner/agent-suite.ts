import { listenerInWords } from "../attach/listener-in-words.ts";
import type { AgentTarget } from "../attach/target.ts";
import type { AgentCase } from "../case.ts";
import { agentContext } from "./agent-context.ts";
import type { AgentFacts } from "./agent-facts.ts";
import type { RunScope } from "./case-scope.ts";
import type { CaseSurroundings } from "./execute-case.ts";
import { TargetUnreachable } from "./failure.ts";
import { inapplicableToAgent } from "./inapplicable-to-agent.ts";
import { probeNegotiate } from "./negotiate-probe.ts";

const PROBE_MS = 5_000;
const LISTEN_MS = 1_000;
const CASE_MS = 60_000;
/** How often a case starts an agent, at most. A container is much slower to start than a process. */
const STARTS_PER_CASE = 40;

/**
 * Greets an agent, offering every feature the suite knows.
 *
 * @throws {TargetUnreachable} when it does not answer.
 */
export async function learnAgent(agent: AgentTarget, cases: readonly AgentCase[], run: RunScope): Promise<AgentFacts> {
  const known = new Set(["server-identity@1", "zstd@1", ...cases.flatMap((each) => each.features ?? [])]);
  const answer = await probeNegotiate(agent.address, [...known], PROBE_MS * run.timeScale);
  if (answer.kind === "answered") return answer.response;
  const listener = await listenerInWords(agent.address, LISTEN_MS * run.timeScale);
  throw new TargetUnreachable(`the agent at ${agent.address} does not answer: ${listener} (${answer.reason})`);
}

/** What cases need to judge one agent, which took `startMs` to start; 0 where nobody started it. */
export function agentSurroundings(
  agent: AgentTarget,
  facts: AgentFacts,
  run: RunScope,
  startMs: number,
): CaseSurroundings<AgentCase> {
  async function dead(): Promise<string | undefined> {
    const answer = await probeNegotiate(agent.address, facts.features, PROBE_MS * run.timeScale);
    return answer.kind === "failed" ? answer.reason : undefined;
  }

  return {
    run,
    longestMs: ({ atMostMs = CASE_MS }) => atMostMs + STARTS_PER_CASE * startMs,
    dead,
    inapplicable: (record) => inapplicableToAgent(record, facts, agent.abilities),
    async perform(record, scope) {
      if (
        record.abilities?.some((ability) => ability === "kill" || ability === "restart") &&
        agent.abilities.has("kill")
      ) {
        scope.cleanup.add(() => revive(agent, dead));
      }
      await record.run(agentContext(record, { agent, facts }, scope));
    },
  };
}

/** A case that failed halfway can have left the agent down, which is nothing the next case has to suffer from. */
async function revive(agent: AgentTarget, dead: () => Promise<string | undefined>): Promise<void> {
  if ((await dead()) === undefined) return;
  await agent.kill();
  await agent.start();
}
