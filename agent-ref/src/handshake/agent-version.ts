import { DIALECT, dialectsOf, isUnpublishedVersion } from "@berth/proto/rules/agent-version";

/** The versions this agent can run as, newest first. */
export const AGENT_VERSIONS = [51, 50, 49, 46, 45, 44, 43, 42] as const;

/** The version of an agent. */
export type AgentVersion = (typeof AGENT_VERSIONS)[number];

/** The same versions as people read them: in order, with commas. */
export const AGENT_VERSION_LIST = AGENT_VERSIONS.toReversed().join(", ");

/** A version that can be announced, or why it cannot. */
export type ParsedAgentVersion =
  | { readonly ok: true; readonly version: AgentVersion }
  | { readonly ok: false; readonly reason: string };

/** Tells whether the agent can be of this version (HS-006). */
export function parseAgentVersion(version: number): ParsedAgentVersion {
  const known = AGENT_VERSIONS.find((one) => one === version);
  if (known !== undefined) return { ok: true, version: known };
  if (isUnpublishedVersion(version)) {
    return { ok: false, reason: `agent version ${version} was never published, so no agent may announce it` };
  }
  return { ok: false, reason: `this agent can be of version ${AGENT_VERSION_LIST} only` };
}

/** Tells whether an agent of this version speaks dialect 49, and so none of those before it (HS-009, LEG-001, LEG-002). */
export function speaksAutomatic(version: AgentVersion): boolean {
  return dialectsOf(version).includes(DIALECT.automatic);
}
