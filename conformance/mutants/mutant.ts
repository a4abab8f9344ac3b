import type { AgentParts } from "./agent-parts.ts";
import type { ServerParts } from "./server-parts.ts";

/** What every mutant says of itself, whatever it breaks. */
interface MutantFacts {
  /** Permanent: lower-case letters, digits and hyphens. */
  readonly id: string;
  /** The one clause that it breaks, and that has to be the one a case finds broken. */
  readonly clause: string;
  /** What the broken reference does, as a sentence about it. */
  readonly breaks: string;
  /** True where the symptom is that something never comes, so that a case that runs out of time has caught it. */
  readonly hangs?: true;
}

/** One module of a reference, and what stands in place of some of its exports. */
interface Replacement<Parts, Part extends keyof Parts = keyof Parts> {
  /** The module: its path below the reference's sources, or `rules/…` for one of the rules that both references share. */
  readonly part: Part;
  /** The exports to be replaced, made from the original ones. */
  mutate(original: Parts[Part]): Partial<Parts[Part]>;
}

/** A reference agent with one part replaced. */
export type AgentMutant = {
  [Part in keyof AgentParts]: MutantFacts &
    Replacement<AgentParts, Part> & {
      /** The version it runs as; 51 when absent. */
      readonly agentVersion?: 42 | 43 | 44 | 45 | 46 | 49 | 50 | 51;
    };
}[keyof AgentParts];

/** A reference server with one part replaced. */
export type ServerMutant = {
  [Part in keyof ServerParts]: MutantFacts & Replacement<ServerParts, Part>;
}[keyof ServerParts];
