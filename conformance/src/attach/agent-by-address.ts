import { HarnessError } from "../runner/failure.ts";
import type { AgentTarget } from "./target.ts";

/** An agent that somebody else started. It can be talked to, and nothing more. */
export function agentByAddress(address: string): AgentTarget {
  function impossible(what: string): never {
    throw new HarnessError(`an agent attached by address cannot be ${what}: the case has to name the ability it needs`);
  }
  return {
    address,
    abilities: new Set(),
    get root(): string {
      return impossible("looked into");
    },
    restart: async () => impossible("restarted"),
    kill: async () => impossible("killed"),
    start: async () => impossible("started"),
    launch: async () => impossible("launched"),
    launchOlder: async () => impossible("upgraded"),
  };
}
