import type { Isolation, NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { DIALECT, type Dialect, dialectsOf, treatedAsVersion } from "@berth/proto/rules/agent-version";
import { agentMisbehaved } from "../errors/agent-failures.ts";
import { printable } from "../errors/printable.ts";
import type { AgentConnection } from "../transport/agent-connection.ts";
import { callUnary } from "../transport/unary-call.ts";
import { type AgentLimits, readAgentLimits } from "./agent-limits.ts";
import { makeGreeting, spokenDialects } from "./greeting.ts";
import type { ServerIdentity } from "./server-identity.ts";

const patienceMs = 30_000;

/** What both ends agreed on. */
export interface AgentSession {
  readonly token: string;
  /** As announced, but 46 for the unpublished 47 and 48 (HS-007). */
  readonly agentVersion: number;
  readonly dialect: Dialect;
  /** The features of this session; none that this server did not offer (HS-018). */
  readonly features: ReadonlySet<string>;
  /** Can be a value this server does not know (HS-005). */
  readonly isolation: Isolation;
  readonly instanceName: string;
  readonly limits: AgentLimits;
  /** The session has confirmed the wanted generation: nothing has to be sent (HS-027). */
  readonly generationPresent: boolean;
}

/**
 * Greets the agent and agrees on a session. `wantedDigest` is the SHA-256 of the manifest this server runs from. Rejects with `AgentRefusal`, `ConnectionBroken`, or
 * a `Failure` where the answer cannot be worked with.
 */
export async function negotiate(
  connection: AgentConnection,
  identity: ServerIdentity,
  wantedDigest: Uint8Array,
  signal: AbortSignal,
): Promise<AgentSession> {
  const request = makeGreeting(identity, wantedDigest);
  const client = connection.handshake;
  const response = await callUnary<NegotiateRequest, NegotiateResponse>(client.negotiate.bind(client), request, {
    timeoutMs: patienceMs,
    signal,
  });
  return readSession(response, request.features);
}

function readSession(response: NegotiateResponse, offered: readonly string[]): AgentSession {
  const dialect = readDialect(response);
  if (!/^[\x20-\x7e]{16,128}$/.test(response.sessionToken))
    throw agentMisbehaved("its session token is not 16 to 128 printable characters", "HS-020");
  if (dialect !== DIALECT.automatic && response.generationPresent)
    throw agentMisbehaved(`it calls a generation present in the dialect ${dialect}, which has none`, "LEG-003");
  return {
    token: response.sessionToken,
    agentVersion: treatedAsVersion(response.agentVersion),
    dialect,
    features: new Set(response.features.filter((feature) => offered.includes(feature))),
    isolation: response.isolation,
    instanceName: printable(response.instanceName),
    limits: readAgentLimits(response.limits),
    generationPresent: response.generationPresent,
  };
}

/** The session's dialect, once it is the one that an agent of the announced version has to choose. Versions to come speak what 49 speaks, as far as is known here. */
function readDialect({ agentVersion, dialect }: NegotiateResponse): Dialect {
  if (agentVersion < 1) throw agentMisbehaved("it announces version 0", "HS-006");
  const spoken = dialectsOf(agentVersion);
  const expected = spoken.findLast((one) => one >= spokenDialects.lowest && one <= spokenDialects.highest);
  if (dialect === expected) return expected;
  throw agentMisbehaved(
    `it announces version ${agentVersion}, which speaks the dialect ${spoken.join(" and ")}, and chose the dialect ${dialect}`,
    "HS-011",
  );
}
