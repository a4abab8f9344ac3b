import type { StepResult } from "../../src/attach/target.ts";
import { expectThat } from "../../src/expect/equal.ts";
import type { AgentPeer } from "../../src/peers/agent-peer.ts";
import { outputOf } from "./ready-server.ts";

/** Expects a step to have ended with 0. */
export function expectSuccess(result: StepResult, what: string, clause?: string): void {
  expectThat(result.exitCode === 0, `${ending(result)}: ${outputOf(result)}`, {
    code: "step-failed",
    clause,
    what: `${what} to succeed`,
  });
}

/** Expects a step to have ended with another exit code than 0. */
export function expectFailure(result: StepResult, what: string, clause?: string): void {
  const reported = result.exitCode !== null && result.exitCode !== 0;
  expectThat(reported, `${ending(result)}: ${outputOf(result)}`, {
    code: "failure-not-reported",
    clause,
    what: `${what} to be reported as failed`,
  });
}

/** Expects a sync to have ended well, and the agent to have seen nothing against a clause and one commit at least. */
export function expectSynced(result: StepResult, agent: AgentPeer): void {
  agent.requireFaithful();
  expectSuccess(result, "the sync");
  expectThat(agent.committed.length > 0, "no Commit arrived that the agent could follow", {
    code: "not-committed",
    clause: "SYNC-030",
    what: "a sync that is reported as done to have committed",
  });
}

/** Whether an output shows a text, however its lines are broken. */
export function shows(result: StepResult, text: string): boolean {
  const flat = (output: string): string => output.replaceAll(/\s+/g, " ").toLowerCase();
  return flat(`${result.stdout} ${result.stderr}`).includes(flat(text));
}

function ending({ exitCode, signal }: StepResult): string {
  return signal === null ? `it ended with ${exitCode}` : `it was ended by ${signal}`;
}
