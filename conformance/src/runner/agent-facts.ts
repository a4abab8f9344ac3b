/** What is known of an agent before the first case. */
export interface AgentFacts {
  /** The version it announces, or the one it is said to have. */
  readonly agentVersion: number;
  readonly features: readonly string[];
}
