/** The versions this agent can announce, newest first. */
export const AGENT_VERSIONS = [51, 50, 49] as const;

/** The version of an agent. */
export type AgentVersion = (typeof AGENT_VERSIONS)[number];

/** A version that can be announced, or why it cannot. */
export type ParsedAgentVersion =
  | { readonly ok: true; readonly version: AgentVersion }
  | { readonly ok: false; readonly reason: string };

/** Tells whether the agent can be of this version (HS-006). */
export function parseAgentVersion(version: number): ParsedAgentVersion {
  const known = AGENT_VERSIONS.find((one) => one === version);
  if (known !== undefined) return { ok: true, version: known };
  if (version === 47 || version === 48) {
    return { ok: false, reason: `agent version ${version} was never published, so no agent may announce it` };
  }
  return { ok: false, reason: `this agent can be of version ${[...AGENT_VERSIONS].reverse().join(", ")} only` };
}

/** The dialects an agent of this version speaks (HS-009). */
export function spokenDialects(_version: AgentVersion): readonly number[] {
  return [49];
}
